"""Chooses what a person gets by their own coefficients: one of several answers, or one of the operator's instructions.

Best-of-n by a linear reward per person is what PReF (arXiv 2503.06358) does at inference; the lower bound of the reward
in its place avoids answers that are only guessed to be good. Own coefficients choose only where they have proved
themselves (`policies.election.unproven`): everybody else gets exactly one ordinary call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from adapters.ports import ConfigError
from policies.align.asking import Asking
from policies.align.wording import Wording, instructions
from policies.base import Adapters, Policy, PolicyConfig
from policies.choosing import CAUTION, JUDGE_WAIT, TOKENS, WAIT


class Variant(BaseModel):
    """Instructions that the operator may add. What answers to them are like is told by `style`, by axis in [-1, 1], or
    by a `sample` answer, to one question for all variants."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: str = Field(min_length=1, max_length=4000, description="What is added behind the client's instructions.")
    style: Mapping[str, float] = Field({}, description="What answers are then like, by axis, from -1 to 1.")
    sample: str = Field("", max_length=8000, description="An answer that was written with it.")


class AlignConfig(PolicyConfig):
    """Settings of `kind: align`."""

    kind: Literal["align"] = "align"
    calls: int = Field(4, ge=1, le=8, description="Calls for one question at most, the ordinary one included.")
    models: tuple[str, ...] = Field((), description="Models that are asked beside the client's own.")
    variants: Mapping[str, Variant] = Field({}, description="Instructions by name, of which one may be added.")
    calls_per_day: int = Field(100, ge=0, description="Calls beyond the ordinary ones for a person in a UTC day.")
    wait: float = Field(WAIT, gt=0, le=300, description="Seconds after which what is there is chosen among.")
    max_tokens: int = Field(TOKENS, ge=16, description="Tokens of each answer beyond the ordinary one.")
    caution: float = Field(CAUTION, ge=0, le=10, description="Standard deviations taken off what an answer is worth.")
    judged: bool = Field(False, description="Whether the model of `learning` scores the answers, as one of the calls.")
    judge_wait: float = Field(
        JUDGE_WAIT, gt=0, le=60, description="Seconds after which they are chosen by their text alone."
    )

    @field_validator("variants", mode="before")
    @classmethod
    def texts(cls, given: Any) -> Any:
        """A text alone is a variant, too."""
        if not isinstance(given, Mapping):
            return given
        return {name: {"text": each} if isinstance(each, str) else each for name, each in given.items()}

    def build(self, adapters: Adapters) -> Policy:
        # It needs numpy, which takes its time to be imported: at the start, not in a chat.
        import policies.rewards.choosing  # noqa: F401

        blocks = instructions({name: each.text for name, each in self.variants.items()})
        if self.judged and adapters.model is None:
            message = "a model is to judge, and learning.model names none; name one, or say false"
            raise ConfigError("judged", message)
        if self.calls == 1:
            return Wording(blocks, self._styles(), self.caution, adapters.users, adapters.sessions, adapters.house)
        wanted = 1 + max(1, len(self.models) + len(self.variants)) + self.judged
        if wanted > self.calls:
            what = "each model and each variant" if self.models or self.variants else "a further one"
            judge = ", and for the judge" if self.judged else ""
            raise ConfigError("calls", f"must be at least {wanted}: for the ordinary call, {what}{judge}")
        return Asking(self, tuple(blocks.values()), adapters.users, adapters.sessions, adapters.house,
                      adapters.sight)  # fmt: skip

    def _styles(self) -> dict[str, Mapping[str, float]]:
        """The style of each variant. Raises ConfigError where they cannot be told."""
        if not self.variants or self.models or self.judged:
            message = "with 1, needs variants to choose one of, no models and no judge; several answers take 2 or more"
            raise ConfigError("calls", message)
        from policies.rewards.choosing import of_samples
        from policies.rewards.directions import SEEN

        samples = [each.sample for each in self.variants.values()]
        if all(samples) and len(samples) > 1 and not any(each.style for each in self.variants.values()):
            return dict(zip(self.variants, of_samples(samples), strict=True))
        for name, each in self.variants.items():
            if not each.style:
                message = "needs a style (an axis and its value each), or all variants, two at least, a sample and none"
                raise ConfigError(f"variants.{name}.style", message)
            for axis, value in each.style.items():
                if axis not in SEEN or not -1.0 <= value <= 1.0:
                    message = f"must be from -1 to 1, on one of these axes: {', '.join(SEEN)}"
                    raise ConfigError(f"variants.{name}.style.{axis}", message)
        return {name: each.style for name, each in self.variants.items()}
