"""Match many against many: exact best offers of every need from sparse weights, in blocks that survive a kill."""

from duijie.engines.matching.batch.blocks import Blocks, Finished, OtherRun
from duijie.engines.matching.batch.inputs import BadWeights, Owners, Plan
from duijie.engines.matching.batch.run import all_pairs
from duijie.engines.matching.batch.solve import NEVER, Problem, Rescore, solve_block

__all__ = [
    "NEVER",
    "BadWeights",
    "Blocks",
    "Finished",
    "OtherRun",
    "Owners",
    "Plan",
    "Problem",
    "Rescore",
    "all_pairs",
    "solve_block",
]
