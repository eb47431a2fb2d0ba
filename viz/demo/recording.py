"""The run as a film: the weights at evenly spaced steps, however long the run is."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Moment(NamedTuple):
    """What the page shows of one step; `network` is the index of its network among those that there have been."""

    step: int
    network: int
    losses: tuple[float | None, float | None]  # of the train and the test points
    weights: list[float]


@dataclass
class Recording:
    """At most `most` moments: when there are more, every second one goes.

    >>> film = Recording(most=4)
    >>> for step in range(0, 20):
    ...     if film.wants(step):
    ...         film.add(step, {"layers": []}, (1.0, 1.0), [0.5])
    >>> [moment.step for moment in film.moments], film.stride
    ([0, 8, 16], 8)
    """

    most: int = 400
    stride: int = 1  # steps from one moment to the next
    networks: list[dict[str, Any]] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def wants(self, step: int) -> bool:
        """Whether this step is one of those that are kept."""
        return step % self.stride == 0

    def add(
        self, step: int, network: dict[str, Any], losses: tuple[float | None, float | None], weights: list[float]
    ) -> None:
        """Add a moment, unless it is equal to the last one."""
        if not self.networks or self.networks[-1] != network:
            self.networks.append(network)
        moment = Moment(step, len(self.networks) - 1, losses, weights)
        if self.moments and self.moments[-1] == moment:
            return
        self.moments.append(moment)
        while len(self.moments) > self.most:
            self.stride *= 2
            kept = [moment for moment in self.moments if moment.step % self.stride == 0]
            if len(kept) == len(self.moments):  # many changes at steps that all stay
                kept = kept[::2]
            self.moments = kept

    def curve(self) -> list[tuple[int, float | None, float | None]]:
        """The losses by step."""
        return [(moment.step, *moment.losses) for moment in self.moments]
