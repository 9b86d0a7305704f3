"""The shots of the demo: what each one shows, and each of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from twopop.demo import shapes
from twopop.demo.drawing import Canvas, Image, Paint, Sea, gradient, hills, lay
from twopop.time import Rate

WIDTH, HEIGHT = 1280, 720


@dataclass(frozen=True)
class Actor:
    """Something that moves: its *poses* change *beats* times a second; it begins at *start* and moves at *speed*.

    *start* is its upper left corner and *speed* is in pixels a second; *bob* is how far it rises and sinks on the
    water. *near* is how much of the camera's own movement it takes part in (0 for the sky, more than 1 close by).
    """

    poses: tuple[Image, ...]
    start: tuple[float, float]
    speed: tuple[float, float] = (0.0, 0.0)
    bob: float = 0.0
    beats: float = 0.0
    near: float = 1.0

    def lay_on(self, picture: Image, seconds: float, camera: float) -> None:
        """Draw it as it is after so many *seconds*, seen from a *camera* that has gone so far to the right."""
        turn = int(seconds * self.beats * len(self.poses)) % len(self.poses)
        left = self.start[0] + self.speed[0] * seconds - camera * self.near
        rise = self.bob * np.sin(1.9 * seconds + self.start[0])
        lay(picture, self.poses[turn], left, self.start[1] + self.speed[1] * seconds + rise)


@dataclass(frozen=True)
class Scene:
    """A shot: the colours of *sky* and *sea* (far, near), where the light lies, and its actors.

    *behind* stand between sky and sea, *actors* on the sea. *pan* is the camera's speed in pixels a second.
    """

    sky: tuple[Paint, Paint, Paint]
    sea: tuple[Paint, Paint]
    light: Paint = (255, 236, 190)
    sun: float = 640.0
    horizon: int = 330
    pan: float = 0.0
    behind: tuple[Actor, ...] = ()
    actors: tuple[Actor, ...] = field(default=())

    def frames(self, count: int, rate: Rate) -> Iterator[bytes]:
        """*count* frames at *rate*, as rows of 8-bit RGB."""
        stops = [(0, self.sky[0]), (self.horizon * 2 // 3, self.sky[1]), (self.horizon, self.sky[2])]
        sky = gradient(WIDTH, stops)
        water = Sea(WIDTH, HEIGHT - self.horizon, *self.sea, self.light, self.sun)
        picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        for number in range(count):
            seconds = float(number / rate)
            picture[: self.horizon] = sky
            for actor in self.behind:
                actor.lay_on(picture[: self.horizon], seconds, self.pan * seconds)
            picture[self.horizon :] = water.at(seconds)
            for actor in self.actors:
                actor.lay_on(picture, seconds, self.pan * seconds)
            yield picture.tobytes()


_DAY = ((88, 146, 204), (154, 198, 226), (222, 234, 232))
_DAWN = ((58, 76, 132), (206, 136, 130), (252, 206, 140))
_BLUE = ((86, 142, 164), (22, 66, 98))


def _gulls(*places: tuple[float, float, float, float]) -> tuple[Actor, ...]:
    """Gulls, each at (x, y), of a size, flying at a speed across."""
    flock = []
    for x, y, size, speed in places:
        poses = tuple(shapes.gull(float(np.sin(2 * np.pi * n / 8)), size) for n in range(8))
        flock.append(Actor(poses, (x, y), (speed, -speed / 12), bob=5, beats=1.4))
    return tuple(flock)


def _clouds(seed: int, paint: Paint = (255, 252, 248)) -> tuple[Actor, ...]:
    places = ((20, 40, 420), (480, 10, 560), (950, 70, 380))
    return tuple(
        Actor((shapes.cloud(seed + n, width, paint),), (x, y), (9 + 5 * n, 0), near=0.1)
        for n, (x, y, width) in enumerate(places)
    )


def _hills(top: int, height: int, paint: Paint, seed: int, near: float = 0.3) -> Actor:
    return Actor((hills(WIDTH * 2, height, paint, seed),), (-200, top), near=near)


def dawn() -> Scene:
    """The sun rises behind a sailing boat."""
    behind = (Actor((shapes.sun(),), (600, 90), (0, -14)), _hills(250, 90, (104, 84, 118), 3))
    boat = Actor((shapes.sailing_boat(),), (140, 210), (96, 3), bob=3)
    return Scene(_DAWN, ((226, 160, 128), (50, 60, 104)), sun=860, behind=behind, actors=(boat,))


def lighthouse() -> Scene:
    """The lighthouse stands on the left; a boat goes by."""
    light = tuple(shapes.beam() * strength for strength in np.clip(np.cos(np.linspace(0, 2 * np.pi, 24)), 0, 1))
    actors = (
        Actor(light, (330, 18), beats=0.5),
        Actor((shapes.lighthouse(),), (150, 40)),
        Actor((shapes.sailing_boat()[::2, ::2],), (980, 280), (-60, 1), bob=2),
    )
    behind = (*_clouds(20, (236, 190, 178)), _hills(270, 70, (120, 104, 132), 5))
    return Scene(_DAWN, ((202, 150, 134), (44, 66, 104)), sun=1000, behind=behind, actors=actors)


def gulls() -> Scene:
    """Gulls cross the sky above a low horizon."""
    flock = _gulls((100, 300, 1.7, 170), (-140, 130, 1.2, 210), (330, 90, 0.9, 150), (760, 240, 0.7, 120))
    behind = (*_clouds(40), _hills(510, 60, (118, 146, 160), 9))
    return Scene(_DAY, _BLUE, horizon=560, sun=300, behind=behind, actors=flock)


def ferry() -> Scene:
    """The ferry crosses the whole picture from left to right."""
    behind = (*_clouds(50), _hills(236, 110, (126, 158, 150), 12), _hills(280, 60, (92, 130, 116), 14, 0.5))
    boat = Actor((shapes.ferry(),), (-170, 232), (300, 2), bob=2)
    return Scene(_DAY, _BLUE, behind=behind, actors=(boat, *_gulls((620, 110, 0.8, 130), (500, 60, 0.6, 120))))


def buoy() -> Scene:
    """A buoy rocks close by, right of the middle."""
    behind = (*_clouds(60), _hills(262, 76, (120, 150, 160), 15))
    far = Actor((shapes.ferry()[::3, ::3],), (-40, 296), (70, 0))
    return Scene(_DAY, _BLUE, behind=behind, actors=(far, Actor((shapes.buoy(),), (800, 270), (-8, 0), bob=16)))


def trawler() -> Scene:
    """A fishing boat comes home with gulls about it."""
    behind = (*_clouds(70, (255, 240, 224)), _hills(250, 90, (128, 142, 140), 18))
    boat = Actor((shapes.trawler(),), (260, 240), (70, 4), bob=6)
    birds = _gulls((240, 150, 0.9, 130), (420, 90, 0.7, 90), (90, 220, 0.6, 150))
    sky = ((108, 148, 186), (190, 204, 204), (244, 226, 198))
    return Scene(sky, ((150, 168, 162), (28, 70, 84)), sun=300, behind=behind, actors=(boat, *birds))


def wake() -> Scene:
    """A small boat speeds away over open water."""
    boats = (
        Actor((shapes.sailing_boat()[::3, ::3],), (900, 96), (-24, 0), bob=1),
        Actor((shapes.motor_boat(),), (60, 300), (360, 36), bob=9),
    )
    return Scene(_DAY, ((108, 168, 178), (14, 74, 104)), horizon=160, sun=1000, behind=_clouds(80), actors=boats)


def pier() -> Scene:
    """A walk along the pier, past moored boats and the town."""
    behind = (*_clouds(90), _hills(210, 130, (128, 156, 130), 21))
    actors = (
        Actor((shapes.town(1900, night=False),), (-40, 186), near=0.5),
        Actor((shapes.trawler()[::2, ::2],), (420, 290), bob=2, near=0.8),
        Actor((shapes.sailing_boat(),), (830, 250), bob=3),
        Actor((shapes.posts(2300),), (-60, 330), near=2.0),
    )
    return Scene(_DAY, _BLUE, pan=110, behind=behind, actors=actors)


def night() -> Scene:
    """The town lights up; the last boat goes out under the moon."""
    behind = (Actor((shapes.moon(),), (820, 10)), *_clouds(99, (96, 110, 150)), _hills(230, 110, (26, 32, 58), 25))
    lamp = Canvas(120, 120).glow(60, 60, 58, (255, 214, 130), 0.9).ellipse(60, 60, 5, 5, (255, 246, 210)).sprite()
    boat = shapes.trawler()[::2, ::2] * np.array([0.35, 0.35, 0.45, 1], np.float32)
    actors = (
        Actor((shapes.town(1500, night=True),), (-60, 186), near=0.5),
        Actor((boat,), (500, 330), (64, 2), bob=3),
        Actor((lamp,), (546, 280), (64, 2), bob=3),
    )
    sky = ((12, 18, 44), (30, 42, 84), (78, 84, 124))
    return Scene(sky, ((60, 70, 110), (10, 18, 42)), (214, 222, 246), 970, pan=20, behind=behind, actors=actors)


#: The scenes by the name of their file.
SCENES = {
    maker.__name__: partial(maker) for maker in (dawn, lighthouse, gulls, ferry, buoy, trawler, wake, pier, night)
}
