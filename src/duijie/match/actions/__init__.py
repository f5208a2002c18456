"""Every write of matching: verdicts, interest and its answer, introductions, how one is told."""

from duijie.match.actions.channels import create_channel, delete_channel, send_again, switch_channel, test_channel
from duijie.match.actions.interest import (
    accept_interest,
    decline_interest,
    express_interest,
    receive_interest,
    run_service_level,
    withdraw_interest,
)
from duijie.match.actions.introductions import end_introduction, hand_on, say, set_next_step
from duijie.match.actions.learning import demand_ranking, note_training, start_training, take_back
from duijie.match.actions.verdicts import forward, give_verdict

__all__ = [
    "accept_interest",
    "create_channel",
    "decline_interest",
    "delete_channel",
    "demand_ranking",
    "end_introduction",
    "express_interest",
    "forward",
    "give_verdict",
    "hand_on",
    "note_training",
    "receive_interest",
    "run_service_level",
    "say",
    "send_again",
    "set_next_step",
    "start_training",
    "switch_channel",
    "take_back",
    "test_channel",
    "withdraw_interest",
]
