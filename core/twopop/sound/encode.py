"""Encoding a mix: once for each mix and kind of sound, however many deliverables carry it."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from pathlib import Path

from twopop import schema, specs
from twopop.errors import Cancelled, StudioError
from twopop.sound.mix import KIND
from twopop.sound.recipe import Mix
from twopop.store import Store

#: Raise when a change here changes the bytes of encoded sound.
ENCODE_VERSION = 1


def sound_key(key: str, audio: specs.Audio, tools: str = "") -> str:
    """The name in the store of the mix *key* encoded as *audio* by the ffmpeg that *tools* stands for."""
    return schema.fingerprint((ENCODE_VERSION, key, audio, tools))


def encode_sound(
    mix: Mix,
    key: str,
    audio: specs.Audio,
    store: Store,
    ffmpeg: Path,
    *,
    seconds: int,
    cancel: threading.Event | None = None,
    tools: str = "",
) -> Path:
    """The file of the rendered *mix* (*key* in the *store*) encoded as *audio*; made only when the store has none.

    ``.m4a`` for AAC, ``.mov`` for anything else; as played it has exactly the samples of the mix (AAC's priming and
    padding are taken off by an edit list that counts in samples). The same mix gives the same bytes. Raises
    StudioError when ffmpeg fails or takes more than *seconds*, Cancelled soon after *cancel* was set.
    """
    name = sound_key(key, audio, tools)
    if store.has(KIND, name):
        return store.path(KIND, name)
    try:
        source = store.path(KIND, key)
    except KeyError:
        raise StudioError("The mix to encode is not in the store.", where=key, remedy="Run again.") from None
    with store.making(KIND, name, ".m4a" if audio.codec == "aac" else ".mov") as (scratch, measured):
        _run([str(ffmpeg), *_arguments(mix, audio, source, scratch)], seconds, cancel, where=audio.encoder)
        measured["samples"] = mix.samples
    return store.path(KIND, name)


def _arguments(mix: Mix, audio: specs.Audio, source: Path, target: Path) -> list[str]:
    options = [word for name, value in audio.options.items() for word in (f"-{_option(name)}", value)]
    rate = str(mix.rate)
    return [
        *("-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", "file"),
        *("-f", "f32le", "-ar", rate, "-ac", str(mix.channels), "-i", str(source.absolute())),
        *("-map", "0:a:0", "-map_metadata", "-1", "-c:a", audio.encoder, *options, "-threads", "1"),
        *("-flags:a", "+bitexact", "-fflags", "+bitexact", "-movie_timescale", rate),
        *("-f", "ipod" if target.suffix == ".m4a" else "mov", str(target.absolute())),
    ]


def _option(name: str) -> str:
    """An option of the spec for the one sound stream there is."""
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
