"""Does what the control plane asks for, now or never."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import structlog
from pydantic import BaseModel, Field, ValidationError

from controlplane.kit import clock
from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.ari import Ari, AriError
from controlplane.node.layout import AsteriskLayout
from controlplane.node.voicemail import read_message
from controlplane.protocol.link import Command, CommandKind, CommandResult

log = structlog.get_logger(__name__)

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+*#-]{1,100}$")]
"""Names of ours: contexts, extensions, boxes."""

_ASTERISK_WAIT_S = 5.0

_Done = dict[str, Any]


class CommandRefused(Exception):
    """It can't be done; the text is a sentence for who asked."""


class _Originate(BaseModel):
    to: str = Field(pattern=r"^(PJSIP|Local)/[A-Za-z0-9_.+@/-]{1,200}$")
    context: Word
    exten: Word
    caller_number: str = Field(default="", pattern=r"^\+?[0-9*#]{0,40}$")
    caller_name: str = Field(default="", max_length=100)
    timeout_s: int = Field(default=30, ge=1, le=300)


class _Hangup(BaseModel):
    linkedid: str = Field(min_length=1, max_length=200)


class _PauseMember(BaseModel):
    queue: Word
    member: Word
    paused: bool
    reason: str = Field(default="", pattern=r"^[\w .'-]{0,40}$")


class _Box(BaseModel):
    context: Word
    box: Word


class _Message(_Box):
    msg_id: str = Field(min_length=1, max_length=100)


class _Forward(_Message):
    to_box: Word


class _Mark(_Message):
    heard: bool


class Commands:
    """Carries out commands by AMI and ARI."""

    def __init__(self, layout: AsteriskLayout, ami: Ami, ari: Ari) -> None:
        self._voicemail = layout.spool / "voicemail"
        self._ami = ami
        self._ari = ari
        self._kinds: dict[CommandKind, Callable[[Command], Awaitable[_Done]]] = {
            CommandKind.ORIGINATE: self._originate,
            CommandKind.HANGUP: self._hang_up,
            CommandKind.DELETE_VOICEMAIL: self._delete_voicemail,
            CommandKind.FORWARD_VOICEMAIL: self._forward_voicemail,
            CommandKind.MARK_VOICEMAIL: self._mark_voicemail,
            CommandKind.REFRESH_MWI: self._refresh_mwi,
            CommandKind.PAUSE_MEMBER: self._pause_member,
        }

    async def run(self, command: Command) -> CommandResult:
        """Does one command; a failure is part of the result."""
        try:
            if command.expires_at <= clock.now():
                raise CommandRefused("The command came too late and was not carried out.")
            await self._wait_for_asterisk()
            data = await self._kinds[command.kind](command)
        except ValidationError as err:
            fault = err.errors()[0]
            detail = f"The command's {'.'.join(map(str, fault['loc']))} can't be used: {fault['msg']}."
            return CommandResult(id=command.id, ok=False, detail=detail)
        except (CommandRefused, AmiError, AriError, ValueError) as err:
            return CommandResult(id=command.id, ok=False, detail=str(err))
        return CommandResult(id=command.id, ok=True, data=data)

    async def _wait_for_asterisk(self) -> None:
        """A command may come in the moment between a restart and the first connection."""
        try:
            async with asyncio.timeout(_ASTERISK_WAIT_S):
                await self._ami.wait_up()
                await self._ari.wait_up()
        except TimeoutError:
            raise CommandRefused("Asterisk is not running on this node.") from None

    async def _originate(self, command: Command) -> _Done:
        """Rings ``to``; once it answers, it goes on in the dialplan. The command's id is the channel's: no doubles."""
        args = _Originate.model_validate(command.args)
        parameters = {
            "endpoint": args.to,
            "context": args.context,
            "extension": args.exten,
            "priority": 1,
            "callerId": caller_id(args.caller_name, args.caller_number),
            "timeout": args.timeout_s,
        }
        try:
            await self._ari.originate(command.id, parameters)
        except AriError as err:
            if err.status != 409:  # 409: this very command was carried out before
                raise CommandRefused(f"Asterisk can't dial {args.to}: {err}") from err
        return {"linkedid": command.id}

    async def _hang_up(self, command: Command) -> _Done:
        linkedid = _Hangup.model_validate(command.args).linkedid
        channels = await self._ami.list_action("CoreShowChannels", timeout_s=15)
        theirs = [channel["channel"] for channel in channels if channel.get("linkedid") == linkedid]
        if not theirs:
            raise CommandRefused("The call has ended already.")
        for channel in theirs:
            try:
                await self._ami.action("Hangup", Channel=channel, Cause="16")
            except AmiDown:
                raise
            except AmiError:
                continue  # it went with the one before
        return {"channels": len(theirs)}

    async def _delete_voicemail(self, command: Command) -> _Done:
        args = _Message.model_validate(command.args)
        folder = self._folder_of(args)
        if folder is None:
            return {"deleted": False}  # gone already: as asked
        await self._ami.action("VoicemailRemove", Context=args.context, Mailbox=args.box, Folder=folder, ID=args.msg_id)
        return {"deleted": True}

    async def _forward_voicemail(self, command: Command) -> _Done:
        args = _Forward.model_validate(command.args)
        folder = self._folder_of(args)
        if folder is None:
            raise CommandRefused("The message is no longer on this node.")
        await self._ami.action(
            "VoicemailForward", Context=args.context, Mailbox=args.box, Folder=folder, ID=args.msg_id,
            ToContext=args.context, ToMailbox=args.to_box, ToFolder="INBOX",
        )  # fmt: skip
        return {}

    async def _mark_voicemail(self, command: Command) -> _Done:
        args = _Mark.model_validate(command.args)
        folder, wanted = self._folder_of(args), "Old" if args.heard else "INBOX"
        if folder in {None, wanted}:
            return {"moved": False}
        await self._ami.action(
            "VoicemailMove", Context=args.context, Mailbox=args.box, Folder=folder, ID=args.msg_id, ToFolder=wanted
        )
        return {"moved": True}

    def _folder_of(self, wanted: _Message) -> str | None:
        """The folder of the box in which a message lies: its owner may have moved it by phone."""
        for file in sorted((self._voicemail / wanted.context / wanted.box).glob("*/msg*.txt")):
            message = read_message(file)
            if message is not None and message.msg_id == wanted.msg_id:
                return file.parent.name
        return None

    async def _refresh_mwi(self, command: Command) -> _Done:
        args = _Box.model_validate(command.args)
        await self._ami.action("VoicemailRefresh", Context=args.context, Mailbox=args.box)
        return {}

    async def _pause_member(self, command: Command) -> _Done:
        args = _PauseMember.model_validate(command.args)
        items = await self._ami.list_action("QueueStatus", Queue=args.queue)
        found = [item for item in items if item["event"] == "QueueMember" and item["name"] == args.member]
        if not found:
            raise CommandRefused("Asterisk does not know this member of the queue.")
        await self._ami.action(
            "QueuePause",
            Queue=args.queue,
            Interface=found[0]["location"],
            Paused="true" if args.paused else "false",
            Reason=args.reason,
        )
        return {}


def caller_id(name: str, number: str) -> str:
    """``"name" <number>`` as Asterisk parses it; quotes and backslashes escaped, control characters gone."""
    clean = "".join(char for char in name if char.isprintable())
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{number}>'
