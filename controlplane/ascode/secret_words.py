"""Secrets in files are references; what they lead to is found here and sealed at once.

``{from: existing}``: as it is; made up for a new object whose kind can. ``{from: environment, name: CONFIG_SECRET_…}``:
from the environment of the command. ``{from: generated}``: a new one is made up now. ``{sealed: …}``: sealed with this
installation's key, as an admin's export writes it. A plain text is the secret itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from controlplane.ascode.decode import Decoder
from controlplane.ascode.matching import Match
from controlplane.ascode.text import Mapping as Fields
from controlplane.ascode.text import Node, Scalar
from controlplane.objects.door import sealed_where
from controlplane.objects.schemas import ObjectFields
from controlplane.platform.crypto import Crypto, SecretUnreadable

Environment = Callable[[str], str | None]
PREFIX = "CONFIG_SECRET_"
"""Only such variables can be named, so that no file reaches the installation's own secrets."""
_WAYS = "Write {from: existing}, {from: generated}, {from: environment, name: CONFIG_SECRET_…} or the secret itself."


@dataclass(frozen=True, slots=True)
class Found:
    """A secret that is to be set: in the clear, and sealed already where it came so."""

    clear: str
    sealed: str | None = None


@dataclass(frozen=True)
class SecretReader:
    """Resolves what files say about secrets."""

    crypto: Crypto
    environment: Environment | None

    def read(self, match: Match, kind: type[ObjectFields], decoder: Decoder) -> dict[str, Found | None]:
        """The secrets that are to be set (None: removed); those that stay as they are are not in it."""
        found: dict[str, Found | None] = {}
        for name in kind.secret_fields:
            node = match.item.extras.get(name)
            new = match.before is None or name not in match.before.secrets
            if node is None:
                if new and name in kind.generated:
                    found[name] = Found(kind.generated[name]())
                continue
            if isinstance(node, Scalar):
                self._given(found, name, node, kind, decoder)
            elif (secret := self._referred(match, name, node, kind, decoder)) is not None:
                found[name] = secret
        return found

    def _given(self, found: dict[str, Found | None], name: str, node: Scalar, kind: type[ObjectFields],
               decoder: Decoder) -> None:  # fmt: skip
        if node.value is not None:
            found[name] = Found(node.text)
        elif name in kind.generated:
            decoder.complain(node.line, name, "can't be empty", _WAYS)
        else:
            found[name] = None

    def _referred(
        self, match: Match, name: str, node: Node, kind: type[ObjectFields], decoder: Decoder
    ) -> Found | None:
        words = _words(node)
        if words.keys() == {"sealed"}:
            return self._unsealed(match, name, words["sealed"], node, decoder)
        source = words.get("from")
        if source == "existing" and words.keys() == {"from"}:
            if match.before is not None and name in match.before.secrets:
                return None
            if name not in kind.generated:
                decoder.complain(node.line, name, f"there is no {name} here yet that could stay", _WAYS)
                return None
            source = "generated"
        if source == "generated" and words.keys() == {"from"} and name in kind.generated:
            return Found(kind.generated[name]())
        if source == "environment" and words.keys() == {"from", "name"}:
            return self._from_environment(name, words["name"], node, decoder)
        decoder.complain(node.line, name, "says in no known way where the secret comes from", _WAYS)
        return None

    def _unsealed(self, match: Match, name: str, sealed: str, node: Node, decoder: Decoder) -> Found | None:
        try:
            return Found(self.crypto.open(sealed, sealed_where(match.id, name)), sealed)
        except (SecretUnreadable, ValueError):
            decoder.complain(
                node.line, name, "was sealed with another installation's key, or for another object",
                f"Use the same CP_SECRET_KEY and ids, or: {_WAYS}",
            )  # fmt: skip
            return None

    def _from_environment(self, name: str, variable: str, node: Node, decoder: Decoder) -> Found | None:
        if self.environment is None:
            decoder.complain(node.line, name, "comes from the environment, which only the command line reads", _WAYS)
        elif not variable.startswith(PREFIX):
            decoder.complain(node.line, name, f"names {variable[:60]!r}", f"The variable's name begins with {PREFIX}.")
        elif (value := self.environment(variable)) is None:
            decoder.complain(node.line, name, f"the variable {variable[:100]} is not set", "Export it, then import.")
        else:
            return Found(value)
        return None


def _words(node: Node) -> Mapping[str, str]:
    if not isinstance(node, Fields):
        return {}
    return {name: one.text for name, one in node.entries.items() if isinstance(one, Scalar)}


def is_made_up(node: Node | None) -> bool:
    """Whether a secret that was set didn't come from the file or the environment."""
    return node is None or _words(node).get("from") in {"existing", "generated"}
