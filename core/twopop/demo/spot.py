"""Putting the demo's folder together: what is there and still right is kept, what an editor changed is left alone."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.demo import cut
from twopop.errors import EditorError, InputError, StudioError

#: Raise when pictures or sounds are made otherwise, so that older ones are made anew.
MEDIA_VERSION = 1
SCHEMA = "twopop.demo/1"

Progress = Callable[[str], None]
Make = Callable[[Path], None]

#: The most seconds that drawing and encoding one scene may take.
_PATIENCE = 300


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo made: each medium's recipe and size, and the SHA-256 of each text as it was written."""

    schema: str = SCHEMA
    media: dict[str, tuple[str, int]] = {}
    texts: dict[str, str] = {}


def make_spot(folder: Path, ffmpeg: Path, *, progress: Progress | None = None) -> Path:
    """Make a 20 s spot in *folder*, with *ffmpeg*, and give the path of its order.

    Media that are there from before are kept, and so is every text that was changed since. *progress* hears what is
    being made, from several threads. Raises EditorError when the folder cannot be written to or holds somebody else's
    order, StudioError when ffmpeg fails.
    """
    record = folder / "media" / ".made.json"
    made = _made(record)
    order = folder / "order.toml"
    texts = {"spot.otio": cut.spot_otio(), "captions.en.srt": cut.captions(), "order.toml": cut.order()}
    for name in texts:
        if name not in made.texts and (folder / name).exists():
            raise EditorError(
                f"There is a {name} here that the demo did not write.",
                where=str(folder),
                remedy="Name another folder for the demo.",
            )
    made = _make_media(folder / "media", ffmpeg, made, record, progress or (lambda _: None))
    for name, text in texts.items():
        made = _write_text(folder / name, text.encode(), made, record)
    return order


def _made(record: Path) -> Made:
    try:
        made = schema.from_json(record.read_bytes(), Made, where=str(record))
    except (OSError, InputError):
        return Made()
    return made if made.schema == SCHEMA else Made()


def _write_text(path: Path, text: bytes, made: Made, record: Path) -> Made:
    """Write *text* unless the file has been changed since it was last written."""
    found = path.read_bytes() if path.exists() else None
    if found is not None and hashlib.sha256(found).hexdigest() != made.texts.get(path.name):
        return made
    if found != text:
        made = msgspec.structs.replace(made, texts=made.texts | {path.name: hashlib.sha256(text).hexdigest()})
        files.write_whole(record, schema.to_json(made))  # first, so that a run cut short knows its own text again
        files.write_whole(path, text)
    return made


def _make_media(folder: Path, ffmpeg: Path, made: Made, record: Path, progress: Progress) -> Made:
    wanted = {**_pictures(ffmpeg), **_sounds()}
    missing = {name: work for name, work in wanted.items() if not _is_there(folder / name, work[0], made)}

    def perform(number_and_name: tuple[int, str]) -> str:
        number, name = number_and_name
        progress(f"Making {name} ({number} of {len(missing)})")
        with files.written_whole(folder / name) as scratch:
            missing[name][1](scratch)
        return name

    with ThreadPoolExecutor(2) as pool:
        try:
            for name in pool.map(perform, enumerate(missing, 1)):
                entry = (missing[name][0], (folder / name).stat().st_size)
                made = msgspec.structs.replace(made, media=made.media | {name: entry})
                files.write_whole(record, schema.to_json(made))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return made


def _is_there(path: Path, recipe: str, made: Made) -> bool:
    known, size = made.media.get(path.name, ("", 0))
    return known == recipe and path.is_file() and path.stat().st_size == size


def _pictures(ffmpeg: Path) -> dict[str, tuple[str, Make]]:
    """{file name: (recipe, how to make it)} of the shots."""
    work: dict[str, tuple[str, Make]] = {}
    for shot in cut.SHOTS:
        if shot.file not in work:
            recipe = schema.fingerprint((MEDIA_VERSION, shot.file, cut.media_frames(shot), shot.rate))
            work[shot.file] = (recipe, _Drawing(shot, ffmpeg))
    return work


class _Drawing:
    """Draws one *shot* and has *ffmpeg* encode it."""

    def __init__(self, shot: cut.Shot, ffmpeg: Path) -> None:
        self.shot, self.ffmpeg = shot, ffmpeg

    def __call__(self, path: Path) -> None:
        from twopop.demo.scenes import SCENES

        try:
            run = subprocess.Popen(
                _encode_command(self.ffmpeg, self.shot, path),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise self._failed(error.strerror or str(error)) from None
        limit = threading.Timer(_PATIENCE, run.kill)
        limit.start()
        try:
            frames = SCENES[self.shot.scene]().frames(cut.media_frames(self.shot), self.shot.rate)
            words = _feed(run, frames)
        finally:
            limit.cancel()
            run.kill()
            run.wait()
        if run.returncode:
            raise self._failed(words)

    def _failed(self, words: str) -> StudioError:
        return StudioError(
            f"ffmpeg could not encode {self.shot.file}: {words[-300:].strip() or 'it said nothing'}.",
            where=str(self.ffmpeg),
            remedy="See what twopop doctor says of it.",
            report=words,
        )


def _feed(run: subprocess.Popen[bytes], frames: Iterable[bytes]) -> str:
    """Write *frames* to the process and give what it says on its error stream, also when it ends too early."""
    if run.stdin is None or run.stderr is None:
        return ""
    with run.stderr as said:
        try:
            with run.stdin as pictures:
                for frame in frames:
                    pictures.write(frame)
        except BrokenPipeError:
            pass  # its return code and its words tell why
        words = said.read().decode("utf-8", "replace")
    run.wait()
    return words


def _encode_command(ffmpeg: Path, shot: cut.Shot, path: Path) -> list[str]:
    from twopop.demo.scenes import HEIGHT, WIDTH

    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    command = [str(ffmpeg), "-nostdin", "-hide_banner", "-v", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-framerate", str(shot.rate)]
    command += ["-i", "pipe:0", "-threads", "1"]
    if shot.suffix == ".mov":
        chain = "scale=out_color_matrix=bt709:out_range=tv,format=yuv422p10le," + tags
        command += ["-vf", chain, "-c:v", "prores_ks", "-profile:v", "1"]
    else:
        chain = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p," + tags
        command += ["-vf", chain, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "14", "-g", "12"]
    form = {".mov": "mov", ".mp4": "mp4"}[shot.suffix]
    return [*command, "-video_track_timescale", str(shot.rate.numerator), "-f", form, str(path)]


def _sounds() -> dict[str, tuple[str, Make]]:
    """{file name: (recipe, how to make it)} of the sounds."""
    sounds: dict[str, tuple[Any, ...]] = {
        f"voice{number}.wav": ("voice", words, cut.RATE.seconds(stop - start))
        for number, (start, stop, words) in enumerate(cut.SPEECH, 1)
    }
    whole = cut.RATE.seconds(cut.FRAMES)
    sounds |= {"tune.wav": ("tune", whole), "waves.wav": ("waves", whole)}
    sounds |= {f"{name}.wav": (name, cut.RATE.seconds(frames)) for name, frames in cut.EFFECT_FRAMES.items()}
    return {name: (schema.fingerprint((MEDIA_VERSION, *what)), _Playing(what)) for name, what in sounds.items()}


class _Playing:
    """Synthesises one sound, exactly as long as it has to be."""

    def __init__(self, what: tuple[Any, ...]) -> None:
        self.what = what

    def __call__(self, path: Path) -> None:
        import numpy as np

        from twopop.demo import sounds

        kind, seconds = self.what[0], self.what[-1]
        if kind == "voice":
            sound = sounds.voice(self.what[1], float(seconds))
        elif kind in ("tune", "waves"):
            sound = {"tune": sounds.tune, "waves": sounds.waves}[kind](float(seconds))
        else:
            sound = {"gulls": sounds.gull_cries, "horn": sounds.horn}[kind]()
        rows = np.atleast_2d(sound)
        count = sounds.samples(seconds)
        padded = np.pad(rows, ((0, 0), (0, max(0, count - rows.shape[1]))))
        sounds.write_wav(path, padded[:, :count])
