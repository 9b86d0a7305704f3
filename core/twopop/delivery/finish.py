"""The last stretch of one deliverable: assemble, read back, check, name, put beside it what goes along."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

import msgspec

from twopop import files
from twopop.delivery.aside import put_aside, put_back
from twopop.delivery.forms import read_form
from twopop.delivery.joining import Joiner
from twopop.delivery.names import path_findings
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.receipt import Delivered, FileRecord
from twopop.delivery.session import Session
from twopop.delivery.signing import signed
from twopop.delivery.stopping import unless_cancelled
from twopop.delivery.watching import Watcher
from twopop.errors import StudioError
from twopop.findings import Finding, fail, stops
from twopop.package.model import Sidecar
from twopop.picture.facts import MediaFacts, PictureReport
from twopop.settings import RunTable
from twopop.sound.encode import encode_sound
from twopop.sound.mix import mix_report
from twopop.sound.recipe import MixReport


class Refused(Exception):  # noqa: N818 - it is the checks' verdict, not a fault
    """The finished file did not pass; its *findings* say why. Nothing is kept under its final name."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


class Finisher:
    """Finishes the deliverables of one *plan* from what its session's store holds."""

    def __init__(self, plan: Plan, session: Session) -> None:
        self._plan = plan
        self._session = session
        self._out = Path(plan.out)
        self._joiner = Joiner(plan, session)
        self._watcher = Watcher(plan, session)

    def finish(self, deliverable: Deliverable, *, cancel: Event) -> Delivered:
        """Make the deliverable's file and its sidecars, complete and checked under their final names.

        Raises Refused when a check fails or a name is taken, TwopopError when something cannot be made.
        """
        target = files.inside(self._out, deliverable.path)
        sidecars = self._sidecars(deliverable, target)
        sounds = self._sounds(deliverable, cancel)
        reports = tuple(self._report(key) for key in deliverable.mixes)
        spec = self._plan.specs[deliverable.spec]
        with files.scratch_beside(target, folder=spec.frames is not None) as scratch:
            joined = self._joiner.join(deliverable, scratch, sounds, cancel)
            joined += signed(deliverable, scratch, self._plan, self._session)
            facts = unless_cancelled(lambda: read_form(scratch, deliverable, spec), cancel)
            seen = self._watcher.report(deliverable, cancel=cancel)
            seen = msgspec.structs.replace(seen, supers=self._joiner.seen(deliverable))
            findings = joined + self._checked(deliverable, facts, reports, seen)
            if stops(findings):
                raise Refused(findings)
            replaced = self._named(deliverable, scratch, target, facts.content)
        if replaced and files.content(target) != facts.content:
            put_back(self._out, replaced[0], target)
            raise Refused([_damaged(deliverable.path, deliverable)])
        for sidecar in sidecars:
            there = target.with_name(deliverable.name.stem + sidecar.suffix)
            if _taken(there, sidecar.content):
                replaced.append(put_aside(self._out, there))
        beside = [self._write(target, deliverable, sidecar) for sidecar in sidecars]
        record = self._record(deliverable, facts, reports, seen, beside, findings)
        return msgspec.structs.replace(record, replaced=tuple(replaced))

    def _named(self, deliverable: Deliverable, scratch: Path, target: Path, content: str) -> list[FileRecord]:
        """Give the checked file its name; what had it before and may be replaced is put aside. Raises Refused."""
        try:
            files.give_name(scratch, target, over=False)
        except FileExistsError:
            if not target.is_symlink() and files.content(target) == content:
                return []
            if not self._plan.order.replace:
                raise Refused([_exists(deliverable.path, deliverable)]) from None
            aside = put_aside(self._out, target)
            files.give_name(scratch, target, over=True)
            return [aside]
        return []

    def _sounds(self, deliverable: Deliverable, cancel: Event) -> list[Path]:
        audio = self._plan.specs[deliverable.spec].audio
        if audio is None:
            return []
        return [
            encode_sound(
                self._plan.mixes[key],
                key,
                audio,
                track,
                self._session.store,
                Path(self._plan.tools["ffmpeg"]),
                seconds=self._session.settings[RunTable].task_seconds,
                cancel=cancel,
                tools=self._plan.tools["fingerprint"],
            )
            for key, track in zip(deliverable.mixes, audio.sounds, strict=True)
        ]

    def _report(self, key: str) -> MixReport:
        report = mix_report(self._session.store, key)
        if report is None:
            raise StudioError("A mix has gone from the store.", where=key, remedy="Run again.")
        return report

    def _checked(
        self, deliverable: Deliverable, facts: MediaFacts, reports: tuple[MixReport, ...], seen: PictureReport
    ) -> list[Finding]:
        mixes = tuple(self._plan.mixes[key] for key in deliverable.mixes)
        given, failed = self._session.plugins.collect(
            "check_file",
            deliverable=deliverable,
            spec=self._plan.specs[deliverable.spec],
            mix=mixes[0] if mixes else None,
            facts=facts,
            sound=reports[0] if reports else None,
            mixes=mixes,
            sounds=reports,
            picture=seen,
        )
        found = [msgspec.structs.replace(item.value, plugin=item.plugin) for item in given]
        return found + [failure.finding(where=deliverable.id) for failure in failed]

    def _sidecars(self, deliverable: Deliverable, target: Path) -> list[Sidecar]:
        """What the plugins want beside the file; raises Refused when two are one file or one would overwrite."""
        spec = self._plan.specs[deliverable.spec]
        given, failed = self._session.plugins.collect("sidecars", deliverable=deliverable, spec=spec)
        findings = [failure.finding(where=deliverable.id) for failure in failed]
        seen: dict[str, str] = {}
        for item in given:
            suffix, plugin = item.value.suffix, item.plugin
            name = deliverable.name.stem + suffix
            twin = "the deliverable itself" if suffix.lower() == target.suffix.lower() else seen.get(suffix.lower())
            if twin:
                message = f"The plugin {plugin!r} makes a file with the suffix {suffix}, which is that of {twin}."
                findings.append(fail("sidecar.twice", message, where=deliverable.id, remedy="Give it another suffix."))
            bad = stops(path_findings(name, deliverable.id, self._session.settings, target.parent))
            if not suffix.startswith(".") or "/" in suffix or bad:
                findings.append(_unsafe(suffix, plugin, deliverable))
            elif _taken(target.with_name(name), item.value.content) and not self._plan.order.replace:
                findings.append(_exists(name, deliverable))
            seen[suffix.lower()] = f"the plugin {plugin!r}"
        if findings:
            raise Refused(findings)
        return [item.value for item in given]

    def _write(self, target: Path, deliverable: Deliverable, sidecar: Sidecar) -> FileRecord:
        path = target.with_name(deliverable.name.stem + sidecar.suffix)
        files.write_whole(path, sidecar.content)
        return FileRecord(
            path=path.relative_to(self._out).as_posix(), bytes=len(sidecar.content), sha256=files.sha256(path)
        )

    def _parts(self, path: str) -> tuple[FileRecord, ...]:
        """The files in the folder that was delivered at *path*; nothing for a file."""
        folder = self._out / path
        if not folder.is_dir():
            return ()
        return tuple(
            FileRecord(path=f"{path}/{name}", bytes=(folder / name).stat().st_size, sha256=sha256)
            for name, sha256 in files.hashes(folder).items()
        )

    def _record(
        self,
        deliverable: Deliverable,
        facts: MediaFacts,
        reports: tuple[MixReport, ...],
        seen: PictureReport,
        sidecars: list[FileRecord],
        findings: list[Finding],
    ) -> Delivered:
        picture = facts.picture
        return Delivered(
            id=deliverable.id,
            variant=deliverable.variant,
            spec=deliverable.spec,
            version=deliverable.version.number,
            outcome="delivered",
            frames=picture.frames if picture else 0,
            rate=picture.rate if picture else deliverable.rate,
            size=picture.size if picture else (0, 0),
            start_timecode=facts.timecode,
            codec=picture.codec if picture else "",
            samples=facts.sound[0].samples if facts.sound else 0,
            file=FileRecord(path=deliverable.path, bytes=facts.bytes, sha256=facts.content),
            parts=self._parts(deliverable.path),
            sidecars=tuple(sidecars),
            sounds=reports,
            label=deliverable.version.label,
            supers=seen.supers,
            findings=tuple(dict.fromkeys((*deliverable.findings, *findings))),
        )


def _taken(path: Path, content: bytes) -> bool:
    """Whether something else than *content* lies under *path*, be it a folder or a link into nowhere."""
    if not os.path.lexists(path):
        return False
    return not path.is_file() or path.read_bytes() != content


def _unsafe(suffix: str, plugin: str, deliverable: Deliverable) -> Finding:
    return fail(
        "sidecar.name",
        f"The plugin {plugin!r} makes a file with the suffix {suffix!r}.",
        where=deliverable.id,
        remedy="A suffix begins with a dot and has letters, digits, '.', '_' and '-' only: .en.srt.",
    )


def _damaged(path: str, deliverable: Deliverable) -> Finding:
    return fail(
        "file.damaged",
        f"{path} was not on the disk as it was made; the file that it replaced has its name again.",
        where=deliverable.id,
        remedy="Look at the disk, and run again.",
    )


def _exists(path: str, deliverable: Deliverable) -> Finding:
    return fail(
        "file.exists",
        f"{path} is there already, with other content.",
        where=deliverable.id,
        remedy="Move it away and run again. Nothing is overwritten.",
    )
