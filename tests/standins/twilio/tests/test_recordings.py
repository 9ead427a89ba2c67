"""Recordings through the official client."""

from __future__ import annotations

import io
import wave

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from support import WAIT_SECONDS, Account, Receiver

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
