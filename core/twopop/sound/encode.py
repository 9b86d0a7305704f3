"""Encoding a mix: once for each mix and kind of sound, however many deliverables carry it."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from pathlib import Path

from twopop import files, schema, specs
from twopop.errors import Cancelled, StudioError
from twopop.sound.layouts import titles_of
from twopop.sound.mix import KIND
from twopop.sound.recipe import Mix
from twopop.store import Store

#: Raise when a change here changes the bytes of encoded sound.
ENCODE_VERSION = 2


def sound_key(key: str, audio: specs.Audio, track: specs.SoundTrack, tools: str = "") -> str:
    """The name in the store of the mix *key* encoded as *audio*'s *track* by the ffmpeg that *tools* stands for."""
    return schema.fingerprint((ENCODE_VERSION, key, audio.encoder, audio.codec, audio.options, track, tools))


def encode_sound(
    mix: Mix,
    key: str,
    audio: specs.Audio,
    track: specs.SoundTrack,
    store: Store,
    ffmpeg: Path,
    *,
    seconds: int,
    cancel: threading.Event | None = None,
    tools: str = "",
) -> Path:
    """The file of the rendered *mix* (*key* in the *store*) encoded as *audio*'s *track*; made only when need be.

    ``.m4a`` for AAC, ``.mov`` for anything else; as played it has exactly the samples of the mix (AAC's priming and
    padding are taken off by an edit list that counts in samples). A track that is split has a mono stream for each
    channel. The same mix gives the same bytes. Raises StudioError when ffmpeg fails or takes more than *seconds*,
    Cancelled soon after *cancel* was set.
    """
    name = sound_key(key, audio, track, tools)
    if store.has(KIND, name):
        return store.path(KIND, name)
    try:
        source = store.path(KIND, key)
    except KeyError:
        raise StudioError("The mix to encode is not in the store.", where=key, remedy="Run again.") from None
    with store.turn(KIND, name, cancel=cancel) as turn:
        if turn == "ours":
            with store.making(KIND, name, ".m4a" if audio.codec == "aac" else ".mov") as (scratch, measured):
                command = [str(ffmpeg), *_arguments(mix, audio, track, source, scratch)]
                _run(command, seconds, cancel, where=audio.encoder)
                measured["samples"] = mix.samples
    return store.path(KIND, name)


def _arguments(mix: Mix, audio: specs.Audio, track: specs.SoundTrack, source: Path, target: Path) -> list[str]:
    options = [word for name, value in audio.options.items() for word in (f"-{_option(name)}", value)]
    rate = str(mix.rate)
    return [
        *("-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", "file"),
        *("-f", "f32le", "-ar", rate, "-ac", str(mix.channels), "-i", str(source.absolute())),
        *_streams(track, audio), "-map_metadata", "-1", "-c:a", audio.encoder, *options, "-threads", "1",
        *("-flags:a", "+bitexact", "-fflags", "+bitexact", "-movie_timescale", rate),
        *("-f", "ipod" if target.suffix == ".m4a" else "mov", str(target.absolute())),
    ]  # fmt: skip


def _streams(track: specs.SoundTrack, audio: specs.Audio) -> list[str]:
    """The streams of *track*, each with its channels told and its title.

    PCM says that the surrounds are at the sides, as in ITU-R BS.775-3; a codec has its own words for its 5.1.
    """
    titles = titles_of(track)
    named = [word for n, title in enumerate(titles) for word in (f"-metadata:s:a:{n}", f"handler_name={title}")]
    told = "5.1(side)" if audio.codec.startswith("pcm_") and track.layout == "5.1" else track.layout
    places = "|".join(map(str, range(len(track.channels))))
    graph = f"[0:a:0]channelmap=map={places}:channel_layout={told}"
    if not track.split or len(titles) == 1:
        return ["-filter_complex", f"{graph}[a0]", "-map", "[a0]", *named]
    labels = [f"[a{n}]" for n in range(len(titles))]
    maps = [word for label in labels for word in ("-map", label)]
    return ["-filter_complex", f"{graph},channelsplit=channel_layout={told}{''.join(labels)}", *maps, *named]


def _option(name: str) -> str:
    """An option of the spec for every sound stream there is."""
    return name if ":" in name else f"{name}:a"


def _run(command: list[str], seconds: int, cancel: threading.Event | None, *, where: str) -> None:
    """Run ffmpeg to its end; stop it when time is up or somebody asks for it."""
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        except OSError as error:
            raise StudioError(
                f"ffmpeg does not start ({error.strerror}).", where=command[0], remedy="Set TWOPOP_FFMPEG."
            ) from None
        try:
            _wait(process, time.monotonic() + seconds, seconds, cancel)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            words.seek(0)
            said = words.read(1 << 16).decode("utf-8", "replace").strip()
            if "No space left on device" in said:
                raise files.no_room(where)
            last = said.splitlines()[-1] if said else f"status {process.returncode}"
            raise StudioError(
                f"ffmpeg could not encode the sound: {last}.",
                where=where,
                remedy="Check the spec's [audio] and run twopop doctor.",
                report=said,
            )


def _wait(process: subprocess.Popen[bytes], until: float, seconds: int, cancel: threading.Event | None) -> None:
    while True:
        try:
            process.wait(0.1)
            return
        except subprocess.TimeoutExpired:
            if cancel is not None and cancel.is_set():
                raise Cancelled("The encoding was stopped.") from None
            if time.monotonic() > until:
                raise StudioError(
                    f"Encoding the sound took longer than {seconds} s and was stopped.",
                    remedy="Allow more time or look at the machine.",
                ) from None
