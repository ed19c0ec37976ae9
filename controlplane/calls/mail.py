"""Voicemail by e-mail."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from controlplane.calls import repository
from controlplane.calls.models import Transcript, Voicemail
from controlplane.calls.schemas import TranscriptState
from controlplane.kit import clock
from controlplane.platform.services import Services

_TIMEOUT_S = 30.0


async def mail_voicemail(services: Services, voicemail_id: UUID) -> None:
    """Sends a message's sound and text to the box's address, once; nothing without a mail server or an address.

    Raises:
        aiosmtplib.SMTPException: The server refused or can't be reached: the job tries again.
    """
    if services.settings.smtp_url is None:
        return
    async with services.uow() as uow:
        voicemail = await uow.session.get(Voicemail, voicemail_id)
        if voicemail is None or voicemail.mailed_at or voicemail.deleted_at or voicemail.box_id is None:
            return
        address = await repository.email_of_box(uow.session, voicemail.box_id)
        transcript = (await repository.transcripts_of(uow.session, [voicemail_id])).get(voicemail_id)
    if not address:
        return
    sound = services.storage.path(voicemail.storage_key)
    message = await asyncio.to_thread(write_mail, voicemail, transcript, sound)
    message["From"], message["To"] = services.settings.mail_from, address
    await _send(services.settings.smtp_url.get_secret_value(), message)
    async with services.uow() as uow:
        (await uow.session.get_one(Voicemail, voicemail_id)).mailed_at = clock.now()
        await uow.session.flush()


def write_mail(voicemail: Voicemail, transcript: Transcript | None, sound: Path) -> EmailMessage:
    """The mail without its addresses. `EmailMessage` refuses line breaks in headers, and encodes odd letters."""
    caller = voicemail.caller_name or voicemail.caller_number or "an unknown caller"
    number = f" ({voicemail.caller_number})" if voicemail.caller_name and voicemail.caller_number else ""
    message = EmailMessage()
    message["Subject"] = f"Voicemail from {caller}{number}, {voicemail.duration_s:.0f} s"
    message["Message-ID"] = f"<voicemail-{voicemail.id}@call-commander>"  # a second delivery is recognised as such
    text = transcript.text if transcript and transcript.state == TranscriptState.DONE else "(no transcript)"
    left_at = f"{voicemail.left_at:%Y-%m-%d %H:%M} UTC"
    message.set_content(f"{caller}{number} left a message in box {voicemail.box_number} at {left_at}:\n\n{text}\n")
    message.add_attachment(sound.read_bytes(), maintype="audio", subtype="wav", filename="message.wav")
    return message


async def _send(url: str, message: EmailMessage) -> None:
    """``smtp://`` upgrades to TLS where the server offers it; ``smtps://`` begins with TLS."""
    server = urlsplit(url)
    await aiosmtplib.send(
        message,
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        timeout=_TIMEOUT_S,
    )
