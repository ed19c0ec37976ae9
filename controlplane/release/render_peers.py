"""The files by which nodes call each other: trunks, and what may be reached by them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from jinja2 import Environment

from controlplane.protocol.bundle import FileKind
from controlplane.release import names
from controlplane.release.model import Organization, Pass, PbxModel


def render_peers(model: PbxModel, environment: Environment) -> Iterator[tuple[str, FileKind, str]]:
    """Path, kind and text of each; none where there is one node only."""
    if not model.peers:
        return
    text = environment.get_template("extensions/nodes.conf.j2").render(
        peers=model.peers, members=model.members, far_members=names.FAR_MEMBERS
    )
    yield "extensions/05-nodes.conf", FileKind.DIALPLAN, text
    text = environment.get_template("pjsip/nodes.conf.j2").render(peers=model.peers)
    yield "pjsip/nodes.conf", FileKind.PJSIP, text
    template = environment.get_template("extensions/passes.conf.j2")
    digits = {id_: count for peer in model.peers for id_, _, count in peer.organizations}
    for org in model.organizations:
        if org.id in digits:
            text = template.render(org=org, tables=_tables(org, digits[org.id], model.passes))
            yield f"extensions/15-passes-{org.tag}.conf", FileKind.DIALPLAN, text


def _tables(org: Organization, digits: int, passes: Sequence[Pass]) -> list[tuple[str, list[Pass]]]:
    """Each context with its passes."""
    found: dict[str, list[Pass]] = defaultdict(list)
    for one in passes:
        if one.org == org.id:
            found[f"xt-{org.tag}-{one.key[-digits:]}"].append(one)
    return [(context, found[context]) for context in names.pass_tables(org.tag, digits)]
