"""The documents that our own TwiML module writes, built with Twilio's library: both have to say the same."""

from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "twiml" / "tests" / "golden"
EVENTS = "initiated ringing answered completed"


def outbound() -> VoiceResponse:
    response = VoiceResponse()
    dial = Dial(
        caller_id="+14155550100",
        timeout=45,
        action='https://api.example/after?call_id=1&x="y"',
        record="record-from-answer-dual",
        recording_status_callback="https://api.example/recording?call_id=1",
        recording_status_callback_event="completed absent",
        answer_on_bridge=True,
    )
    dial.number(
        "+14155550132",
        url="https://api.example/a?b=c&d=e",
        status_callback="https://api.example/status?call_id=1&leg=contact",
        status_callback_event=EVENTS,
    )
    response.append(dial)
    return response


def inbound() -> VoiceResponse:
    response = VoiceResponse()
    response.say("This call is recorded. <Really> & truly.", language="en-US")
    dial = Dial(timeout=20, action="https://api.example/after")
    dial.client(
        "usr_01kar1b2c3d4e5f6g7h8j9k0mn",
        status_callback="https://api.example/status?leg=a&x=1",
        status_callback_event=EVENTS,
    )
    dial.number("+14155550132", status_callback="https://api.example/status?leg=b", status_callback_event=EVENTS)
    response.append(dial)
    return response


def voicemail() -> VoiceResponse:
    response = VoiceResponse()
    response.play("https://files.example/greeting.mp3?x=1&y=2")
    response.say("Grüße, 你好. Please leave a message.")
    response.record(
        action="https://api.example/after?call_id=1&step=recorded",
        max_length=180,
        timeout=10,
        play_beep=True,
        recording_status_callback="https://api.example/voicemail?call_id=1",
        recording_status_callback_event="completed absent",
    )
    response.hangup()
    return response


def consent() -> VoiceResponse:
    response = VoiceResponse()
    gather = Gather(input="dtmf", num_digits=1, timeout=5, action="https://api.example/consent?call_id=1&leg=contact")
    gather.say("Press 1 to agree to this call being recorded.")
    response.append(gather)
    response.pause(length=1)
    response.redirect("https://api.example/on?call_id=1&a=b")
    return response


def declined(reason: str) -> VoiceResponse:
    response = VoiceResponse()
    response.reject(reason=reason)
    return response


DOCUMENTS = {
    "outbound": outbound(),
    "inbound": inbound(),
    "voicemail": voicemail(),
    "consent": consent(),
    "busy": declined("busy"),
    "rejected": declined("rejected"),
}


def test_every_golden_document_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.xml")} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_our_documents_say_what_the_librarys_say(name: str) -> None:
    ours = (GOLDEN / f"{name}.xml").read_text(encoding="utf-8")
    assert canonicalize(ours) == canonicalize(str(DOCUMENTS[name]))
