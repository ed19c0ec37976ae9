"""What is written is read again, whatever it is."""

from hypothesis import HealthCheck, given, settings

from controlplane.ascode.deciding import Decision, decide
from controlplane.ascode.export import Place, Source, export
from controlplane.ascode.here import Keys
from controlplane.ascode.matching import match
from controlplane.ascode.secret_words import SecretReader
from controlplane.ascode.tree import parse
from controlplane.identity.door import system_principal
from controlplane.kit.ids import new_id
from controlplane.objects.door import document_of
from controlplane.platform.crypto import Crypto
from tests.unit.ascode.configurations import NOTHING_HERE, configurations

CRYPTO = Crypto("k" * 40)
Configuration = tuple[list[Place], list[Source], Keys]


def decided(files: dict[str, str]) -> tuple[Decision, Keys]:
    """What an import into an empty organisation would do."""
    principal = system_principal(new_id())
    tree = parse({name: text.encode() for name, text in files.items()})
    found = match(tree, NOTHING_HERE, principal)
    return decide(tree, NOTHING_HERE, found, principal, SecretReader(CRYPTO, None), prune=False), found.keys


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(configurations())
def test_any_configuration_is_read_as_it_was_written_and_written_again_to_the_byte(made: Configuration) -> None:
    places, sources, keys = made
    for per_location in (False, True):
        files = export(places, sources, keys, per_location=per_location)
        decision, read_keys = decided(files)
        assert decision.problems == []
        assert {one.id: document_of(one.fields) for one in decision.puts} == {
            one.id: document_of(one.fields) for one in sources
        }
        again = export(
            [Place(one.id, one.wanted.model_dump(mode="json")) for one in decision.places],
            [Source(one.id, one.fields, dict.fromkeys(one.secrets)) for one in decision.puts],
            read_keys,
            per_location=per_location,
        )
        assert again == files


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(configurations())
def test_files_without_ids_make_the_same_objects_under_new_ids(made: Configuration) -> None:
    places, sources, keys = made
    files = export(places, sources, keys, ids=False)
    decision, read_keys = decided(files)
    assert decision.problems == []
    again = export(
        [Place(one.id, one.wanted.model_dump(mode="json")) for one in decision.places],
        [Source(one.id, one.fields, dict.fromkeys(one.secrets)) for one in decision.puts],
        read_keys,
        ids=False,
    )
    assert again == files
