import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.lab.words import normalise, word_error_rate


@pytest.mark.parametrize(
    ("expected", "heard"),
    [
        ("Press two for sales.", "press 2 for sales"),
        ("Call us at 555-1234!", "call us at five five five one two three four"),
        ("We open at seven thirty", "We open at 7:30."),
        ("twenty one", "21"),
        ("one hundred and five", "105"),
        ("two thousand five hundred", "2,500"),
        ("nineteen oh", "19 oh"),
        ("I don't know", "I don\N{RIGHT SINGLE QUOTATION MARK}t know"),
    ],
)
def test_the_same_said_in_another_way_is_no_error(expected: str, heard: str) -> None:
    assert word_error_rate(expected, heard) == 0


@pytest.mark.parametrize(
    ("expected", "heard", "rate"),
    [
        ("please call me back", "please call me", 1 / 4),
        ("please call me back", "please call back", 1 / 4),
        ("please call me back", "please tell me back", 1 / 4),
        ("please call me back", "please do call me back", 1 / 4),
        ("please call me back", "", 1.0),
        ("press one", "press two", 1 / 2),
        ("ten", "1", 1 / 2),
        ("", "something", 1.0),
        ("", "", 0.0),
    ],
)
def test_errors_are_counted(expected: str, heard: str, rate: float) -> None:
    assert word_error_rate(expected, heard) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("spoken", "value"),
    [("twenty", "20"), ("ninety nine", "99"), ("three hundred", "300"), ("one thousand two hundred and six", "1206"),
     ("five hundred thousand", "500000"), ("two one", "21"), ("twenty ten", "2010")],
)  # fmt: skip
def test_spoken_numbers_become_digits(spoken: str, value: str) -> None:
    assert normalise(spoken) == list(value)


@given(st.text(max_size=60))
def test_anything_equals_itself_and_normalising_is_stable(text: str) -> None:
    assert word_error_rate(text, text) == 0
    words = normalise(text)
    assert normalise(" ".join(words)) == words
