"""Half a minute of the soak; `make soak` runs ten."""

import random

import logger_soak


def test_every_accepted_row_is_recorded_once_whatever_is_killed() -> None:
    assert logger_soak.main(30, random.randrange(10**6)) == 0
