"""What the steps and methods of the engine are called, in both languages, for the workbench and the method note."""

from __future__ import annotations

Pair = tuple[str, str]

STEPS: dict[str, Pair] = {
    "derive": ("由公式导出指标", "Derived by formula"),
    "denominate": ("除以规模指标", "Divided by a measure of size"),
    "screen": ("按数据完整程度筛选单位", "Units screened by completeness"),
    "impute": ("补缺失值", "Gaps filled"),
    "treat": ("处理极端值", "Outliers treated"),
    "normalise": ("标准化", "Normalised"),
    "weigh": ("由数据或判断求权重", "Weights from data or judgements"),
    "aggregate": ("加总", "Aggregated"),
    "adjust": ("调整", "Adjusted"),
}
METHODS: dict[str, Pair] = {
    "min_max": ("极差法", "min-max"), "z_score": ("z 分数", "z-scores"), "goalposts": ("目标区间", "goalposts"),
    "log_goalposts": ("对数目标区间", "goalposts on logarithms"), "scaled": ("按区间缩放", "scaled"), "centred": ("以均值为中心", "centred on the mean"),
    "normal_percentile": ("正态百分位", "normal percentile"), "distance_to_max": ("与最优的距离", "distance to the best"),
    "distance_to_target": ("与目标的距离", "distance to the target"), "distance_to_reference": ("与参照单位的距离", "distance to a reference unit"),
    "fraction_of_best": ("与最优之比", "fraction of the best"), "ratio_to_mean": ("与均值之比", "ratio to the mean"),
    "ratio_to_worst": ("与最差之比", "ratio to the worst"), "share": ("占比", "share"), "difference_to_mean": ("与均值之差", "difference to the mean"),
    "difference_to_worst": ("与最差之差", "difference to the worst"), "above_below_mean": ("高于或低于均值", "above or below the mean"),
    "rank": ("名次", "ranks"), "borda": ("波达计分", "Borda"), "percentile_rank": ("百分位名次", "percentile rank"), "percentile": ("百分位", "percentile"),
    "categories": ("分档", "categories"), "ratio_to_base": ("与基期之比", "ratio to the base period"), "none": ("不做", "none"),
    "mean": ("均值", "mean"), "median": ("中位数", "median"), "group_mean": ("组均值", "group mean"), "group_median": ("组中位数", "group median"),
    "row_mean": ("同类指标均值", "mean of the row"), "row_median": ("同类指标中位数", "median of the row"), "value": ("固定值", "a value"),
    "latest": ("最近一期", "latest period"), "constant": ("就近一期", "nearest period"), "linear": ("线性内插", "linear"),
    "linear_constant": ("线性内插，两端就近", "linear, constant at the ends"),
    "arithmetic": ("算术平均", "arithmetic mean"), "geometric": ("几何平均", "geometric mean"), "harmonic": ("调和平均", "harmonic mean"),
    "generalised": ("幂平均", "generalised mean"), "mazziotta_pareto": ("马齐奥塔—帕累托", "Mazziotta-Pareto"),
    "mazziotta_pareto_plus": ("马齐奥塔—帕累托（正向惩罚）", "Mazziotta-Pareto, plus"), "sum": ("求和", "sum"), "minimum": ("取最小", "minimum"),
    "maximum": ("取最大", "maximum"), "copeland": ("科普兰", "Copeland"), "topsis": ("TOPSIS", "TOPSIS"),
    "benefit_of_the_doubt": ("有利权重（数据包络）", "Benefit of the Doubt"),
    "entropy": ("熵权", "entropy"), "variation": ("变异系数", "coefficient of variation"), "critic": ("CRITIC", "CRITIC"), "pca": ("主成分", "principal component"),
    "factor": ("旋转因子", "rotated factors"), "optimised": ("优化权重", "optimised"), "ahp": ("层次分析", "AHP"), "budget": ("分配点数", "budget allocation"),
    "set": ("给定权重", "stated"),
}  # fmt: skip
SETTINGS: dict[str, Pair] = {
    "lower": ("下端", "from"), "upper": ("上端", "to"), "mean": ("均值", "mean"), "sd": ("标准差", "standard deviation"),
    "winsorise_max": ("每列最多收缩点数", "points pulled in at most"), "skewness": ("偏度界限", "limit of skewness"),
    "kurtosis": ("峰度界限", "limit of kurtosis"), "then": ("仍不通过则变换为", "else transformed by"), "percentiles": ("按百分位截断", "cut at percentiles"),
    "availability": ("最低完整率", "least completeness"), "name": ("权重组", "weight set"), "weights": ("权重", "weights"), "clip": ("截断", "cut to"),
    "over": ("尺度取自", "measured over"), "by": ("依据", "by"), "power": ("幂", "power"), "share_low": ("份额下限", "least share"), "share_high": ("份额上限", "largest share"),
}  # fmt: skip
PARTS: dict[str, Pair] = {
    "filled": ("补了 {} 个值", "{} values were filled"), "left": ("还缺 {} 个", "{} are still missing"), "columns": ("涉及 {} 列", "{} columns"),
    "lost_for_want_of_denominator": ("因没有分母而缺 {} 个", "{} were lost for want of a denominator"), "kept": ("保留 {} 行", "{} rows were kept"),
    "lowest": ("最低 {}", "lowest {}"), "highest": ("最高 {}", "highest {}"),
}  # fmt: skip
NORMALISERS = ("min_max", "z_score", "goalposts", "log_goalposts", "scaled", "centred", "normal_percentile", "distance_to_max", "distance_to_target", "distance_to_reference", "fraction_of_best", "ratio_to_base", "ratio_to_mean", "ratio_to_worst", "share",
               "difference_to_mean", "difference_to_worst", "above_below_mean", "rank", "borda", "percentile_rank", "percentile", "categories", "none")  # fmt: skip
IMPUTERS = (
    "linear_constant",
    "linear",
    "latest",
    "constant",
    "mean",
    "median",
    "group_mean",
    "group_median",
    "row_mean",
    "row_median",
)
AGGREGATORS = ("arithmetic", "geometric", "harmonic", "generalised", "mazziotta_pareto", "mazziotta_pareto_plus", "minimum", "maximum", "median", "copeland", "borda", "topsis",
               "benefit_of_the_doubt")  # fmt: skip
WEIGHERS = ("framework", "equal", "entropy", "variation", "critic", "pca", "factor", "optimised")
TRANSFORMS = ("log_shifted", "log_shifted_signed", "log_plus_one", "box_cox", "none")


def word(name: str, at: int) -> str:
    """What a method is called: at 0 in Chinese, 1 in English."""
    return METHODS.get(name, (name, name))[at]
