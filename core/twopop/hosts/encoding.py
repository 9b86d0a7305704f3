"""Writing pictures and sound to a file as a preset says: for the practice project, and for the contract's own media."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twopop.errors import EditorError
from twopop.hosts.model import RenderPreset
from twopop.time import samples_at

#: ffmpeg's numbers for BT.709 (colour matrix, primaries and transfer), for levels of video and of computers, and for
#: pictures without fields.
BT709, VIDEO_LEVELS, FULL_LEVELS, PROGRESSIVE = 1, 1, 2, 1

#: {codec in a preset: (encoder, pixel format, options)}.
_ENCODERS = {
    "prores-422": ("prores_ks", "yuv422p10le", {"profile": "2"}),
    "prores-422hq": ("prores_ks", "yuv422p10le", {"profile": "3"}),
    "prores-4444": ("prores_ks", "yuv444p10le", {"profile": "4"}),
    "dnxhr-hq": ("dnxhd", "yuv422p", {"profile": "dnxhr_hq"}),
    "dnxhr-hqx": ("dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}),
    "h264": ("libx264", "yuv420p", {"preset": "veryfast", "crf": "12"}),
}
#: {container: (sound encoder, sample format)}.
_SOUND = {"mov": ("pcm_s24le", "s32"), "mp4": ("aac", "fltp")}


def pixel_format(preset: RenderPreset) -> str:
    """The pixel format of pictures for *preset*. Raises EditorError for a codec or container that is not written."""
    if preset.video not in _ENCODERS or preset.container not in _SOUND:
        raise EditorError(
            f"{preset.video} in .{preset.container} cannot be written here.",
            remedy=f"Written are {', '.join(_ENCODERS)} in {' and '.join(_SOUND)}.",
        )
    return _ENCODERS[preset.video][1]


def encode(
    file: Path,
    preset: RenderPreset,
    frames: Iterable[Any],
    sound: NDArray[np.float32] | None,
    *,
    first: int = 0,
    timecode: str = "",
) -> None:
    """Write *frames* (PyAV's, in the preset's size and ``pixel_format``) and *sound* (channels, samples) to *file*.

    *first* is the program frame that the file begins with (it decides where frames lie on samples), *timecode* the
    timecode of that frame. Raises EditorError when it cannot be encoded, and what *frames* raises.
    """
    import av

    options = {"video_track_timescale": str(preset.rate.numerator)}
    try:
        with av.open(f"file:{file.absolute()}", "w", format=preset.container, options=options) as container:
            picture = _picture_stream(container, preset, timecode)
            audio = _Sound(container, preset, sound, first) if sound is not None else None
            for number, frame in enumerate(frames):
                frame.pts, frame.time_base = number, Fraction(1) / preset.rate
                container.mux(picture.encode(frame))
                if audio is not None:
                    audio.write_to(number + 1)
            container.mux(picture.encode(None))
            if audio is not None:
                audio.finish()
    except av.FFmpegError as error:
        raise EditorError(f"This cannot be encoded ({error.strerror}).", where=str(file)) from None


def _picture_stream(container: Any, preset: RenderPreset, timecode: str) -> Any:
    encoder, layout, options = _ENCODERS[preset.video]
    stream = container.add_stream(encoder, rate=Fraction(preset.rate), options=options)
    stream.width, stream.height = preset.size
    stream.pix_fmt = layout
    if timecode:
        stream.metadata["timecode"] = timecode
    context = stream.codec_context
    context.time_base = Fraction(1) / preset.rate
    context.sample_aspect_ratio, context.field_order = Fraction(1), PROGRESSIVE
    context.color_range, context.colorspace = VIDEO_LEVELS, BT709
    context.color_primaries = context.color_trc = BT709
    return stream


class _Sound:
    """The sound of a file, written along with its pictures; its encoder gets as many samples at once as it wants."""

    def __init__(self, container: Any, preset: RenderPreset, sound: NDArray[np.float32], first: int) -> None:
        import av

        encoder, self.form = _SOUND[preset.container]
        self.container, self.preset, self.sound, self.first = container, preset, sound, first
        self.layout = {1: "mono", 2: "stereo", 6: "5.1"}.get(len(sound), f"{len(sound)} channels")
        self.stream = container.add_stream(encoder, rate=preset.sample_rate)
        self.stream.codec_context.layout = self.layout
        self.stream.codec_context.format = self.form
        self.waiting = av.AudioFifo()
        self.done = 0

    def write_to(self, number: int) -> None:
        """Write what belongs to the pictures before *number*."""
        rate, samples = self.preset.rate, self.preset.sample_rate
        self._write(samples_at(self.first + number, rate, samples) - samples_at(self.first, rate, samples))

    def finish(self) -> None:
        """Write the rest."""
        self._write(self.sound.shape[1])
        rest = self.waiting.read(partial=True)
        if rest is not None:
            self.container.mux(self.stream.encode(rest))
        self.container.mux(self.stream.encode(None))

    def _write(self, stop: int) -> None:
        import av

        part = self.sound[:, self.done : stop]
        if not part.shape[1]:
            return
        frame = av.AudioFrame.from_ndarray(_packed(part, self.form), self.form, self.layout)
        frame.sample_rate, frame.pts = self.preset.sample_rate, self.done
        frame.time_base = Fraction(1, self.preset.sample_rate)
        self.done += part.shape[1]
        self.waiting.write(frame)
        size = self.stream.codec_context.frame_size or self.waiting.samples
        while self.waiting.samples >= size > 0:
            self.container.mux(self.stream.encode(self.waiting.read(size)))


def _packed(samples: Any, form: str) -> Any:
    if form == "fltp":
        return np.ascontiguousarray(samples, np.float32)
    whole = np.round(samples.astype(np.float64) * (2**23 - 1)).astype(np.int32) << 8
    return np.ascontiguousarray(whole.T.reshape(1, -1))
