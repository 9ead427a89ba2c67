"""Recordings through the official client."""

from __future__ import annotations

import io
import wave

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from support import WAIT_SECONDS, Account, Receiver, StandIn

TO = "+14155550123"
TALK = "<Response><Pause length='60'/></Response>"


def test_a_recorded_call_leaves_media(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0, talk_ms=3000)
    call = client.calls.create(
        to=TO,
        from_=account.number,
        twiml=TALK,
        record=True,
        recording_channels="dual",
        recording_status_callback=f"{receiver.url}/recording?x=1",
        status_callback=f"{receiver.url}/status",
    )
    ended, recorded = receiver.take(2)
    assert ended.params["RecordingSid"] == recorded.params["RecordingSid"]
    assert recorded.params["RecordingStatus"] == "completed"
    assert recorded.params["RecordingDuration"] == "3"
    assert recorded.is_signed_by(account.token)
    [listed] = call.recordings.list()
    recording = client.recordings(listed.sid).fetch()
    assert (recording.status, recording.duration, recording.channels) == ("completed", "3", 2)
    assert recording.source == "OutboundAPI"
    media = requests.get(f"{recording.media_url}.wav", auth=(account.sid, account.token), timeout=WAIT_SECONDS)
    assert media.headers["Content-Type"] == "audio/x-wav"
    with wave.open(io.BytesIO(media.content)) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, 8000, 24000)
    assert requests.get(recording.media_url, timeout=WAIT_SECONDS).status_code == 401
    assert recording.delete()
    assert client.recordings.list() == []


def test_recording_is_started_paused_and_stopped_by_the_api(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    call = client.calls.create(
        to=TO,
        from_=account.number,
        twiml=TALK,
        status_callback=f"{receiver.url}/status",
        status_callback_event=["answered"],
    )
    receiver.until("in-progress")
    recording = call.recordings.create(
        recording_status_callback=f"{receiver.url}/recording",
        recording_status_callback_event=["in-progress", "completed"],
    )
    assert (recording.status, recording.source, recording.track) == ("in-progress", "StartCallRecordingAPI", "both")
    assert recording.update(status="paused").status == "paused"
    assert recording.update(status="in-progress").status == "in-progress"
    with pytest.raises(TwilioRestException) as refusal:
        client.recordings(recording.sid).delete()
    assert refusal.value.status == 409
    assert recording.update(status="stopped").status == "processing"
    statuses = [hook.params["RecordingStatus"] for hook in receiver.take(2)]
    assert statuses == ["in-progress", "completed"]
    assert call.recordings(recording.sid).fetch().status == "completed"
    assert call.recordings(recording.sid).delete()
    call.update(status="completed")


def test_only_a_call_in_progress_is_recorded(account: Account, client: Client) -> None:
    account.script(answer="manual")
    call = client.calls.create(to=TO, from_=account.number, twiml=TALK)
    with pytest.raises(TwilioRestException) as refusal:
        call.recordings.create()
    assert (refusal.value.status, refusal.value.code) == (400, 21220)


CONTACT = "+14155550124"


def media(account: Account, sid: str) -> requests.Response:
    return account.get(f"/Recordings/{sid}.wav")


def dial(receiver: Receiver, **noun: str) -> str:
    response = VoiceResponse()
    verb = Dial(
        record="record-from-answer-dual",
        recording_status_callback=f"{receiver.url}/recording",
        recording_status_callback_event="completed absent",
    )
    verb.number(CONTACT, **noun)
    response.append(verb)
    return str(response)


def test_the_recording_of_a_dial_is_the_dialing_calls_and_ends_with_the_dialed_one(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    account.script(to=CONTACT, ring_ms=0, answer_ms=0, talk_ms=2000)
    call = client.calls.create(to=TO, from_=account.number, twiml=dial(receiver))
    recorded = receiver.next()
    assert recorded.params["CallSid"] == call.sid
    assert recorded.params["RecordingSource"] == "DialVerb"
    assert recorded.params["RecordingDuration"] == "2"
    [listed] = call.recordings.list()
    assert listed.sid == recorded.params["RecordingSid"]
    assert media(account, str(listed.sid)).content[:4] == b"RIFF"


@pytest.mark.parametrize("outcome", ["empty", "absent", "unannounced", "missing"])
def test_recordings_come_to_nothing_in_several_ways(
    account: Account, client: Client, receiver: Receiver, outcome: str
) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    account.script(to=CONTACT, ring_ms=0, answer_ms=0, talk_ms=1000, recording=outcome)
    url = f"{receiver.url}/status"
    document = dial(receiver, status_callback=url, status_callback_event="completed")
    call = client.calls.create(to=TO, from_=account.number, twiml=document)
    receiver.until("completed")
    if outcome == "missing":
        assert call.recordings.list() == []
        return
    if outcome == "unannounced":
        [listed] = call.recordings.list()
        assert listed.source == "DialVerb"
        return
    recorded = receiver.next()
    assert recorded.params["RecordingDuration"] == "0"
    assert recorded.params["RecordingStatus"] == ("absent" if outcome == "absent" else "completed")
    answer = media(account, recorded.params["RecordingSid"])
    assert (answer.status_code, answer.content) == (200, b"") if outcome == "empty" else answer.status_code == 404


def test_media_fails_as_often_as_asked(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    failing = {"status": 500, "code": 20500}
    account.script(to=CONTACT, ring_ms=0, answer_ms=0, talk_ms=1000, fail_media=failing)
    client.calls.create(to=TO, from_=account.number, twiml=dial(receiver))
    sid = receiver.next().params["RecordingSid"]
    assert [media(account, sid).status_code for _ in range(2)] == [500, 200]


def test_whoever_answers_hears_the_nouns_own_document_first(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    account.script(to=CONTACT, ring_ms=0, answer_ms=0, talk_ms=1000, digits="1")
    asks = VoiceResponse()
    gather = Gather(input="dtmf", num_digits=1, timeout=5, action="/agreed?x=1")
    gather.say("Press 1 to agree.")
    asks.append(gather)
    receiver.answer("/whisper", (200, str(asks)))
    receiver.answer("/agreed", (200, "<Response/>"))
    document = dial(receiver, url=f"{receiver.url}/whisper")
    call = client.calls.create(to=TO, from_=account.number, twiml=document)
    whisper, agreed, recorded = receiver.take(3)
    assert whisper.params["ParentCallSid"] == call.sid
    assert (agreed.url, agreed.params["Digits"]) == (f"{receiver.url}/agreed?x=1", "1")
    assert agreed.is_signed_by(account.token)
    assert recorded.params["RecordingStatus"] == "completed"


@pytest.mark.parametrize("talk", [None, 500])
def test_a_caller_leaves_a_message(standin: StandIn, receiver: Receiver, talk: int | None) -> None:
    response = VoiceResponse()
    response.say("Hi.")
    response.record(
        action="/after",
        max_length=60,
        recording_status_callback=f"{receiver.url}/voicemail",
        recording_status_callback_event="completed absent",
    )
    receiver.answer("/voice", (200, str(response)))
    receiver.answer("/after", (200, "<Response><Hangup/></Response>"))
    account = standin.register(webhooks={"voice_url": f"{receiver.url}/voice"})
    account.script(voicemail_ms=3000)
    body = {"to": account.number, "from": TO}
    call = standin.control("inbound-call", body if talk is None else {**body, "talk_ms": talk})
    hooks = {hook.url.removeprefix(receiver.url): hook for hook in receiver.take(3)}
    after, message = hooks["/after"], hooks["/voicemail"]
    assert after.params["Digits"] == ("" if talk is None else "hangup")
    assert after.params["RecordingSid"] == message.params["RecordingSid"]
    assert (message.params["RecordingSource"], message.params["CallSid"]) == ("RecordVerb", call["call_sid"])
    assert message.params["RecordingDuration"] == ("3" if talk is None else "1")
