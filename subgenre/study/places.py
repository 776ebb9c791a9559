"""A study is a profile and a data set; this is where its records, its pages and its book live."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from subgenre.config import DataConfig, Profile, profile_named, unfit
from subgenre.data.names import PUBLISHED, DatasetName

RESULTS_VARIABLE = "SUBGENRE_RESULTS"
STUDIES_VARIABLE = "SUBGENRE_STUDIES"
PUBLISHED_PROFILES = ("paper", "tuning")  #: their records on `dances` make the report


def project_dir() -> Path:
    """Return the checkout this package is installed from, else the current folder."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "_toc.yml").is_file() else Path.cwd()


@dataclass(frozen=True)
class Study:
    """How much work on which music."""

    profile: Profile
    dataset: DatasetName

    @classmethod
    def of(cls, profile: str = "quick", dataset: str | os.PathLike[str] = PUBLISHED) -> "Study":
        """Return the study of a profile and a data set as named; else a `ParameterError`."""
        if not isinstance(dataset, str | os.PathLike):
            raise unfit("dataset", f"as text, as in {str(dataset)!r}", dataset)
        return cls(profile_named(profile), DatasetName.parse(os.fspath(dataset)))

    @cached_property
    def data(self) -> DataConfig:
        """The music, how it is cut, and how noisy it is."""
        of_class = self.profile.clips_per_class, self.profile.extra_clips_per_class
        return self.dataset.config(*of_class)

    @property
    def is_published(self) -> bool:
        """Whether it is a part of the published report; all others leave that report alone."""
        return self.dataset.is_published and self.profile.name in PUBLISHED_PROFILES

    @property
    def folder(self) -> Path:
        """The project, or a folder of its own below ``studies`` (``SUBGENRE_STUDIES`` moves it)."""
        if self.is_published:
            return project_dir()
        studies = Path(os.environ.get(STUDIES_VARIABLE) or project_dir() / "studies")
        return studies / f"{self.dataset.folder}-{self.profile.name}"

    @property
    def records(self) -> Path:
        """The folder of its run records (``SUBGENRE_RESULTS`` moves the published ones)."""
        if not self.is_published:
            return self.folder / "results"
        results = Path(os.environ.get(RESULTS_VARIABLE) or project_dir() / "results")
        return results / self.profile.name

    @property
    def book(self) -> Path:
        """The source folder of its book."""
        return self.folder / "book"

    @property
    def pages(self) -> Path:
        """The folder of its executed notebooks, a part of the book."""
        return self.book / "experiments"


def needed(study: object) -> Study:
    """Return what was given as a study; anything else is a `ParameterError`."""
    if isinstance(study, Study):
        return study
    raise unfit("a study", "as Study.of('quick', 'my/music') makes one", str(study)[:80])
