"""What is seen in a harbour: boats, a buoy, a lighthouse, gulls, clouds, a town."""

from __future__ import annotations

import numpy as np

from twopop.demo.drawing import Canvas, Image, Paint, reflected

_WHITE: Paint = (246, 244, 238)
_DARK: Paint = (38, 44, 58)
_RED: Paint = (204, 58, 48)


def sailing_boat() -> Image:
    """A white-sailed boat, 200 x 260 and its mirror image."""
    canvas = Canvas(200, 260).box(97, 14, 4, 206, (92, 70, 52))
    canvas.polygon([(104, 20), (182, 200), (104, 208)], _WHITE)
    canvas.polygon([(104, 120), (148, 122), (182, 200), (104, 208)], (226, 222, 214))
    canvas.polygon([(94, 36), (94, 204), (28, 204)], (236, 148, 84))
    canvas.polygon([(14, 218), (190, 214), (164, 256), (44, 256)], (44, 74, 112))
    return reflected(canvas.polygon([(14, 218), (190, 214), (187, 223), (18, 226)], _WHITE).sprite())


def ferry() -> Image:
    """A two-deck ferry, 520 x 200 and its mirror image."""
    canvas = Canvas(520, 200).box(300, 14, 44, 60, _RED).box(300, 14, 44, 12, _DARK)
    canvas.box(120, 60, 300, 36, _WHITE).box(84, 94, 372, 38, (232, 230, 224))
    canvas.polygon([(96, 60), (120, 38), (190, 38), (190, 60)], _WHITE)
    for left in range(134, 410, 26):
        canvas.box(left, 70, 15, 14, (88, 128, 158))
    for left in range(98, 446, 24):
        canvas.ellipse(left + 6, 112, 6, 6, (70, 104, 134))
    canvas.polygon([(24, 130), (506, 130), (488, 196), (64, 196)], (30, 62, 104))
    return reflected(canvas.polygon([(24, 130), (506, 130), (503, 140), (28, 140)], _RED).sprite())


def trawler() -> Image:
    """A fishing boat with its gear up, 360 x 270 and its mirror image."""
    canvas = Canvas(360, 270).box(208, 16, 5, 190, (84, 66, 50))
    canvas.polygon([(211, 22), (318, 128), (314, 131), (209, 28)], (84, 66, 50))
    canvas.polygon([(211, 26), (54, 186), (51, 183), (209, 20)], (104, 92, 80), 0.7)
    canvas.box(86, 112, 88, 92, (240, 236, 226)).box(78, 104, 104, 12, _RED)
    for left in (94, 122, 150):
        canvas.box(left, 126, 18, 22, (74, 112, 138))
    canvas.polygon([(14, 186), (350, 196), (326, 266), (58, 266)], (36, 108, 98))
    return reflected(canvas.polygon([(14, 186), (350, 196), (347, 206), (18, 197)], _WHITE).sprite())


def motor_boat() -> Image:
    """A small fast boat with the foam it draws, 420 x 130."""
    canvas = Canvas(420, 130)
    canvas.polygon([(0, 118), (250, 84), (300, 96), (260, 108), (0, 130)], _WHITE, 0.55)
    canvas.polygon([(60, 126), (260, 94), (330, 112), (120, 130)], _WHITE, 0.7)
    canvas.polygon([(240, 62), (414, 50), (374, 104), (258, 108)], _WHITE)
    canvas.polygon([(240, 62), (414, 50), (409, 61), (241, 74)], _RED)
    canvas.polygon([(296, 58), (318, 26), (362, 24), (382, 53)], (66, 100, 128))
    return canvas.ellipse(330, 24, 8, 9, (216, 168, 132)).box(322, 32, 17, 26, (232, 180, 60)).sprite()


def buoy() -> Image:
    """A red buoy with its light, 160 x 300 and its mirror image."""
    canvas = Canvas(160, 300).glow(80, 36, 36, (255, 232, 150), 0.9).ellipse(80, 36, 9, 11, (255, 244, 200))
    for left, right in ((66, 36), (94, 124)):
        canvas.polygon([(left - 3, 48), (left + 3, 48), (right + 4, 190), (right - 4, 190)], _DARK)
    canvas.box(56, 88, 48, 5, _DARK).box(48, 132, 64, 5, _DARK).box(60, 46, 40, 6, _DARK)
    canvas.polygon([(24, 188), (136, 188), (146, 276), (14, 276)], _RED)
    canvas.polygon([(21, 214), (139, 214), (142, 238), (18, 238)], _WHITE)
    return reflected(canvas.ellipse(80, 276, 66, 16, (150, 36, 34)).sprite())


def lighthouse() -> Image:
    """A striped lighthouse on its rock, 360 x 460 and some of its mirror image."""
    canvas = Canvas(360, 460).polygon(
        [(0, 460), (40, 376), (120, 346), (250, 352), (330, 398), (360, 460)], (74, 70, 72)
    )
    canvas.polygon([(120, 346), (250, 352), (330, 398), (240, 380)], (104, 98, 96))
    for band in range(5):
        top, bottom = 96 + band * 51, 147 + band * 51
        left, right = 148 - (top - 96) * 0.09, 148 - (bottom - 96) * 0.09
        canvas.polygon(
            [(left, top), (360 - left, top), (360 - right, bottom), (right, bottom)], (_WHITE, _RED)[band % 2]
        )
    canvas.box(136, 88, 88, 9, _DARK).box(156, 48, 48, 40, (255, 236, 160)).box(178, 48, 4, 40, _DARK)
    return reflected(canvas.polygon([(148, 50), (180, 18), (212, 50)], _RED).sprite(), strength=0.25, share=0.3)


def beam() -> Image:
    """A beam of light that reaches to the right, 760 x 180; its source is in the middle of the left edge."""
    sprite = Canvas(760, 180).polygon([(0, 86), (760, 10), (760, 170), (0, 94)], (255, 244, 196), 0.6).sprite()
    return sprite * np.linspace(1, 0, 760, dtype=np.float32)[None, :, None]


def gull(beat: float, size: float = 1.0) -> Image:
    """A gull whose wing tips are at *beat*, from -1 (down) to 1 (up); 150 x 110 times *size*."""
    tip = 56 - 44 * beat
    canvas = Canvas(round(150 * size), round(110 * size))

    def shape(points: list[tuple[float, float]], paint: Paint) -> None:
        canvas.polygon([(x * size, y * size) for x, y in points], paint)

    shape([(72, 56), (40, 44 - 12 * beat), (2, tip), (38, 54 - 8 * beat), (70, 66)], (232, 234, 238))
    shape([(78, 56), (110, 44 - 12 * beat), (148, tip), (112, 54 - 8 * beat), (80, 66)], (206, 210, 218))
    shape([(2, tip), (18, tip + (50 - tip) * 0.32), (16, tip + (54 - tip) * 0.4 + 3)], _DARK)
    shape([(148, tip), (132, tip + (50 - tip) * 0.32), (134, tip + (54 - tip) * 0.4 + 3)], _DARK)
    canvas.ellipse(75 * size, 60 * size, 9 * size, 17 * size, _WHITE)
    shape([(71, 76), (79, 76), (75, 86)], (240, 176, 60))
    return canvas.sprite()


def cloud(seed: int, width: int, paint: Paint = (255, 252, 248), alpha: float = 0.5) -> Image:
    """A soft cloud, a third as high as it is wide."""
    draw = np.random.default_rng(seed)
    height = width // 3
    canvas = Canvas(width, height)
    for _ in range(16):
        radius = draw.uniform(0.1, 0.24) * width
        canvas.glow(draw.uniform(0.24, 0.76) * width, draw.uniform(0.45, 0.62) * height, radius, paint, alpha)
    return canvas.sprite() * np.clip(np.linspace(2.2, 0, height, dtype=np.float32), 0, 1)[:, None, None]


def sun(paint: Paint = (255, 226, 150)) -> Image:
    """A sun in its glow, 520 x 520."""
    return Canvas(520, 520).glow(260, 260, 258, paint, 0.75).ellipse(260, 260, 48, 48, (255, 246, 214)).sprite()


def moon() -> Image:
    """A moon in its glow, 300 x 300."""
    canvas = Canvas(300, 300).glow(150, 150, 148, (180, 200, 236), 0.5).ellipse(150, 150, 40, 40, (240, 240, 226))
    return canvas.ellipse(138, 140, 8, 8, (218, 218, 206)).ellipse(160, 162, 11, 10, (222, 222, 210)).sprite()


def town(width: int, *, night: bool) -> Image:
    """A row of harbour houses 150 high, with lit windows at *night*, and its mirror image."""
    draw = np.random.default_rng(7)
    canvas = Canvas(width, 150)
    walls: list[Paint] = [(206, 122, 92), (226, 190, 128), (150, 172, 178), (222, 214, 200), (176, 96, 84)]
    left = 0
    while left < width:
        wide, high = int(draw.integers(46, 86)), int(draw.integers(66, 116))
        paint = walls[int(draw.integers(len(walls)))]
        wall = (paint[0] // 5, paint[1] // 5, paint[2] // 4) if night else paint
        canvas.box(left, 150 - high, wide, high, wall)
        canvas.polygon(
            [(left - 3, 150 - high), (left + wide / 2, 128 - high), (left + wide + 3, 150 - high)], (96, 60, 56)
        )
        for x in range(left + 8, left + wide - 12, 18):
            for y in range(150 - high + 12, 134, 26):
                lit = night and draw.random() < 0.6
                canvas.box(x, y, 9, 13, (255, 214, 120) if lit else (52, 60, 76))
        left += wide + int(draw.integers(0, 8))
    return reflected(canvas.sprite(), strength=0.4)


def posts(width: int) -> Image:
    """The posts and rail of a pier in the foreground, 400 high."""
    canvas = Canvas(width, 400).box(0, 92, width, 16, (60, 44, 38)).box(0, 150, width, 10, (60, 44, 38))
    for left in range(40, width, 230):
        canvas.box(left, 50, 34, 350, (72, 54, 46)).box(left, 50, 9, 350, (98, 76, 62)).box(
            left - 4, 42, 42, 12, (54, 40, 34)
        )
    return canvas.sprite()
