"""Every sentence the engine can refuse with, by code: Chinese first, English second."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # the document
    "not_a_mapping": ("这里应是键值对，却是 {found}", "expected a mapping, found {found}"),
    "document_unreadable": ("文件读不懂：{found}", "the document cannot be parsed: {found}"),
    "not_utf8": ("文件既不是 UTF-8 也不是国标编码", "the file is neither UTF-8 nor GB 18030"),
    "format_unknown": ("格式是 {found}，只认 {known}", "the format is {found}; only {known} is known"),
    "key_twice": ("键 {key} 写了两次", "the key {key} is written twice"),
    "setting_missing": ("缺少设置 {name}", "the setting {name} is missing"),
    "setting_unknown": ("没有 {name} 这个设置，可用的有：{known}", "there is no setting {name}; known are: {known}"),
    "setting_not_text": ("设置 {name} 应是文字，却是 {found}", "the setting {name} must be a text, not {found}"),
    "setting_not_known": (
        "设置 {name} 不能是 {found}，可选：{known}",
        "the setting {name} cannot be {found}; choose from: {known}",
    ),
    "setting_not_number": ("设置 {name} 应是数字，却是 {found}", "the setting {name} must be a number, not {found}"),
    "setting_out_of_range": (
        "设置 {name} 是 {found}，超出范围（{low} 至 {high}）",
        "the setting {name} is {found}, outside {low} to {high}",
    ),
    "setting_below": ("设置 {name} 是 {found}，不能小于 {low}", "the setting {name} is {found}, below {low}"),
    "setting_not_whole": (
        "设置 {name} 应是整数，却是 {found}",
        "the setting {name} must be a whole number, not {found}",
    ),
    "setting_not_flag": (
        "设置 {name} 应是 true 或 false，却是 {found}",
        "the setting {name} must be true or false, not {found}",
    ),
    "setting_not_list": ("设置 {name} 应是列表，却是 {found}", "the setting {name} must be a list, not {found}"),
    "setting_not_numbers": (
        "设置 {name} 应是一列数字，却是 {found}",
        "the setting {name} must be a list of numbers, not {found}",
    ),
    "setting_length": (
        "设置 {name} 应有 {length} 项，却是 {found}",
        "the setting {name} must have {length} items, found {found}",
    ),
    "bounds_reversed": (
        "{name} 的下界 {low} 不小于上界 {high}",
        "{name}: the lower bound {low} is not below the upper bound {high}",
    ),
    # the framework
    "no_indicators": ("没有写指标", "no indicators are given"),
    "direction_unknown": (
        "方向 {found} 不认得，请写 1（正向）或 -1（逆向）",
        "the direction {found} is unknown; write 1 or -1",
    ),
    "denominator_scale_zero": ("分母的倍数不能为零", "the scale of a denominator cannot be zero"),
    "code_twice": ("代码 {code} 出现两次", "the code {code} occurs twice"),
    "target_of_another_level": ("{code} 不在第 {level} 层", "{code} is not at level {level}"),
    "code_unknown": ("框架中没有代码 {code}", "the framework has no code {code}"),
    "parent_unknown": ("上级 {parent} 不存在", "the parent {parent} does not exist"),
    "parent_is_indicator": (
        "上级 {parent} 是指标，不能再有下级",
        "the parent {parent} is an indicator and cannot have children",
    ),
    "loop": ("框架里有回路：{path}", "the framework has a loop: {path}"),
    "node_without_children": ("这个分项没有下级", "this node has no children"),
    "weights_sum_to_zero": ("权重之和为零：{members}", "the weights sum to zero: {members}"),
    "top_not_one": (
        "最上层应只有一个，却有：{roots}；请用 result 指定",
        "there must be one top, found: {roots}; name it with result",
    ),
    "indicator_without_parent": ("指标没有上级", "the indicator has no parent"),
    "level_too_high": ("没有第 {level} 层，最高为 {height}", "there is no level {level}; the highest is {height}"),
    # the steps
    "no_steps": ("没有写步骤", "no steps are given"),
    "step_shape": ("每个步骤应是一个“名称: 设置”", "each step must be one `name: settings`"),
    "step_unknown": ("没有 {found} 这个步骤，可用的有：{known}", "there is no step {found}; known are: {known}"),
    "dataset_unknown": ("没有数据集 {name}，已有：{known}", "there is no data set {name}; known are: {known}"),
    "dataset_twice": ("数据集 {name} 已经有了", "the data set {name} exists already"),
    "result_missing": ("步骤走完也没有得到 {code}", "the steps do not lead to {code}"),
    "no_aggregation": ("步骤里没有合成", "the steps have no aggregation"),
    "nothing_to_aggregate": ("没有可以合成的分项", "there is no node to aggregate"),
    "child_missing": ("下级 {child} 没有数据", "the child {child} has no data"),
    "replay_other_data": ("数据与日志里记的不是同一份", "the data are not those the log was made from"),
    "replay_differs": ("重算结果与日志不同", "the step gives another result than the log has"),
    # the data
    "table_kind": ("不认得 {found} 文件，请用 .csv 或 .xlsx", "files of kind {found} are not known; use .csv or .xlsx"),
    "table_unreadable": (
        "表格打不开，请检查文件和权限",
        "the table cannot be opened; see to the file and its permissions",
    ),
    "table_not_excel": (
        "文件名是 Excel，内容却不是工作簿；若是文本表格，请把结尾改为 .csv",
        "named as Excel, but the content is no workbook; if it is a text table, let its name end in .csv",
    ),
    "table_damaged": (
        "Excel 工作簿已损坏或有密码，打不开；请在 Excel 里另存一份",
        "the Excel workbook is damaged or has a password; save it anew from Excel",
    ),
    "table_empty": ("表格没有数据行", "the table has no rows"),
    "sheet_too_large": (
        "{rows} 行 {columns} 列超出 Excel 的容量，请改存 .json",
        "{rows} rows by {columns} columns exceed Excel; save as .json",
    ),
    "sheet_missing": ("没有工作表 {sheet}，只有：{known}", "there is no sheet {sheet}; found: {known}"),
    "column_missing": ("没有 {column} 这一列", "there is no column {column}"),
    "column_twice": ("列名 {column} 出现两次", "the column {column} occurs twice"),
    "row_too_long": (
        "这一行有 {found} 格，表头只有 {known} 列；若某格里有分隔符，请加引号",
        "this row has {found} cells but the header has {known}; quote a cell that contains the separator",
    ),
    "unit_column_missing": (
        "找不到单位代码列，请在 data.unit 写明；表头：{known}",
        "no column of unit codes is found; name it in data.unit; header: {known}",
    ),
    "unit_blank": ("单位代码是空的", "the unit's code is blank"),
    "unit_twice": ("单位 {unit} 出现两次", "the unit {unit} occurs twice"),
    "unit_missing": ("没有单位 {unit}", "there is no unit {unit}"),
    "period_blank": ("时期是空的", "the period is blank"),
    "period_twice": ("单位 {unit} 的时期 {period} 出现两次", "the unit {unit} has the period {period} twice"),
    "period_missing": ("没有时期 {period}，只有：{known}", "there is no period {period}; found: {known}"),
    "period_unreadable": (
        "时期 {period} 读不懂，请写 2021、2021Q3、2021H1 或 2021-07",
        "the period {period} cannot be read; write 2021, 2021Q3, 2021H1 or 2021-07",
    ),
    "vintage_blank": ("数据版本（日期）是空的", "the vintage is blank"),
    "vintage_none": ("没有不晚于 {as_of} 的数据版本", "no vintage is as old as {as_of}"),
    "value_twice": (
        "单位 {unit} 时期 {period} 的指标 {indicator} 出现两次",
        "unit {unit}, period {period}: the indicator {indicator} occurs twice",
    ),
    "group_missing": ("没有分组列 {group}，只有：{known}", "there is no grouping column {group}; found: {known}"),
    "not_a_number": ("{found} 不是数字", "{found} is not a number"),
    "not_finite": ("数值为无穷大", "the value is infinite"),
    "decimal_comma": (
        "{found} 像是用逗号作小数点；请改用句点，或设 data.decimal（命令行：--data decimal=,）",
        "{found} looks like a decimal comma; use a point, or set data.decimal (command line: --data decimal=,)",
    ),
    "thousands_comma": (
        "{found} 里有逗号；若是千分位，请设 data.thousands: true（命令行：--data thousands=true）",
        "{found} has a comma; if it groups thousands, set data.thousands: true (command line: --data thousands=true)",
    ),
    "percent_sign": (
        "{found} 带百分号；请设 data.percent 为 number 或 fraction（命令行：--data percent=number）",
        "{found} has a per cent sign; set data.percent to number or fraction (command line: --data percent=number)",
    ),
    "percent_mixed": (
        "同一列里有的带百分号有的不带，此处是 {found}",
        "the column mixes cells with and without a per cent sign, here {found}",
    ),
    "percent_as_fraction": (
        "单位是百分比，但数值都不大于 1（最大 {largest}），像是小数；若确是百分数，请写明 range",
        "the unit is per cent, but no value exceeds 1 (largest {largest}): they look like fractions; if they are right, state a range",
    ),
    "fraction_as_percent": (
        "单位是比例（0 至 1），数值却是 {value}，像是百分数",
        "the unit is a fraction, but the value is {value}: it looks like per cent",
    ),
    "percent_suspect": (
        "数值 {value} 像是把百分数写成了小数（共 {count} 处）",
        "the value {value} looks like a fraction among per cents ({count} places)",
    ),
    "out_of_range": ("数值 {value} 超出范围（{low} 至 {high}）", "the value {value} is outside {low} to {high}"),
    "below_range": ("数值 {value} 低于下限 {low}", "the value {value} is below the lower bound {low}"),
    "above_range": ("数值 {value} 高于上限 {high}", "the value {value} is above the upper bound {high}"),
    "all_missing": ("没有任何数据", "there are no values at all"),
    "one_value": ("只有一个取值 {value}，无法比较", "there is only one value, {value}, and nothing to compare"),
    "flag_one_value": ("所有取值都是 {value}", "all values are {value}"),
    "flag_same": ("{share}% 的取值相同", "{share} % of the values are the same"),
    "flag_missing": ("{share}% 的数据缺失", "{share} % of the values are missing"),
    "all_screened_out": ("没有单位通过筛选", "no unit passes the screening"),
    # denominators and formulas
    "no_denominators": ("没有指标写明分母", "no indicator states a denominator"),
    "denominator_zero": ("分母 {denominator} 为零", "the denominator {denominator} is zero"),
    "formula_unreadable": ("公式 {formula} 读不懂", "the formula {formula} cannot be read"),
    "formula_part": (
        "公式里不能有 {part}；只能用列名、数字、四则、乘方和函数：{known}",
        "{part} is not allowed in a formula; use columns, numbers, + - * / ** and: {known}",
    ),
    "formula_not_finite": ("公式除以了零或结果无穷大", "the formula divides by zero or is infinite"),
    # imputation and treatment
    "one_period": ("只有一个时期，无法按时间补缺", "there is one period only; gaps cannot be filled over time"),
    "line_of_one_point": (
        "只有一个时点，画不出直线；请用 linear_constant",
        "one known value makes no line; use linear_constant",
    ),
    "gap_left": ("仍有 {count} 处缺失", "{count} gaps remain"),
    "log_not_positive": ("取对数要求大于零，却有 {value}", "a logarithm needs positive values, found {value}"),
    # normalisation
    "reference_missing": ("没有写 reference_period", "reference_period is not given"),
    "goalposts_missing": ("没有写上下限 goalposts", "no goalposts are given"),
    "goalposts_equal": ("上下限都是 {value}", "both goalposts are {value}"),
    "target_missing": ("没有写目标值 target", "no target is given"),
    "target_below_lowest": (
        "目标值 {target} 不优于最差的取值",
        "the target {target} is no better than the worst value",
    ),
    "reference_unit_missing": ("没有参照单位", "the reference unit is not there"),
    "reference_unit_many": (
        "参照单位在多个时期出现，请设 over: period",
        "the reference unit occurs in several periods; set over: period",
    ),
    "reference_value_missing": ("参照单位的数据缺失", "the reference unit has no value"),
    "reference_is_lowest": (
        "参照单位恰是最差的，距离无意义",
        "the reference unit is the worst one; distances to it have no meaning",
    ),
    "ratio_not_positive": ("作比值要求大于零，却有 {value}", "a ratio needs positive values, found {value}"),
    "rank_on_reference": (
        "{method} 是同期相比，不能以某一年为尺度",
        "{method} compares units side by side and cannot be measured on one year",
    ),
    "categories_count": (
        "分档应比分界多一个：{marks} 档、{edges} 个分界",
        "there must be one more mark than edges: {marks} marks, {edges} edges",
    ),
    # aggregation
    "geometric_not_positive": (
        "几何平均要求大于零，却有 {value}",
        "a geometric mean needs positive values, found {value}",
    ),
    "harmonic_not_positive": (
        "负次幂平均要求大于零，却有 {value}",
        "a mean of negative power needs positive values, found {value}",
    ),
    "power_negative": ("幂平均要求不小于零，却有 {value}", "a power mean needs values of zero or more, found {value}"),
    "power_zero": ("幂为零就是几何平均，请用 geometric", "power zero is the geometric mean; use geometric"),
    "mean_zero": ("平均值为零，无法计算不平衡惩罚", "the mean is zero; its imbalance cannot be computed"),
    "frontier_gap": ("这种方法要求没有缺失", "this method needs complete data"),
    "frontier_negative": (
        "最优权重法要求不小于零，却有 {value}",
        "benefit of the doubt needs values of zero or more, found {value}",
    ),
    "frontier_infeasible": ("没有满足限制的权重", "no weights meet the bounds"),
    "share_bounds": (
        "份额上下限不能同时满足（下限和 {low}，上限和 {high}）",
        "the share bounds cannot be met (lower sum {low}, upper sum {high})",
    ),
    "kemeny_too_many": (
        "{count} 个对象太多，Kemeny 精确解最多 15 个",
        "{count} options are too many; an exact Kemeny order takes up to 15",
    ),
    "profile_order": ("排序 {order} 没有列全", "the order {order} does not list every option once"),
    # weights
    "weight_set_unknown": ("没有权重组 {name}，已有：{known}", "there is no weight set {name}; known are: {known}"),
    "weight_negative": (
        "{code} 的权重为负（{value}）；请设 negative: keep 或 zero",
        "the weight of {code} is negative ({value}); set negative to keep or zero",
    ),
    "too_few_rows": ("只有 {count} 行完整数据", "there are only {count} complete rows"),
    "too_few_columns": ("只有 {count} 列", "there are only {count} columns"),
    "factors_number": (
        "因子个数 {count} 不在 1 至 {columns} 之间",
        "the number of factors {count} is not within 1 to {columns}",
    ),
    "entropy_negative": (
        "熵权法要求不小于零，却有 {value}",
        "entropy weights need values of zero or more, found {value}",
    ),
    "judgement_unreadable": (
        "判断 {found} 应是正数或分数，如 3 或 1/3",
        "the judgement {found} must be a positive number or a fraction such as 1/3",
    ),
    "judgements_shape": ("判断矩阵形状不对：{shape}", "the matrix of judgements has the wrong shape: {shape}"),
    "judgements_size": (
        "判断矩阵应为 {count} 行 {count} 列：{members}",
        "the matrix must be {count} by {count}: {members}",
    ),
    "judgements_not_reciprocal": (
        "第 {row} 行第 {column} 列与其对称格不互为倒数",
        "row {row}, column {column} is not the reciprocal of its mirror cell",
    ),
    "judgements_inconsistent": ("一致性比率 {ratio} 超过 {limit}", "the consistency ratio {ratio} exceeds {limit}"),
    "budget_negative": ("分配的点数为负：{value}", "a negative number of points: {value}"),
    "budget_not_spent": (
        "分配了 {spent} 点，应为 {budget} 点",
        "{spent} points were given out; the budget is {budget}",
    ),
    "budget_codes": ("各专家分配的对象不一致", "the experts do not allocate over the same elements"),
    # decomposition
    "not_decomposable": (
        "{method} 是各单位相互比较，变化不能分解",
        "{method} compares units with one another; its change cannot be split",
    ),
    "no_result_at_end": ("这一端没有结果", "there is no result at this end"),
    "shapley_too_many": (
        "{count} 个下级太多，按次序平均最多 12 个",
        "{count} children are too many; the mean over orders takes up to 12",
    ),
    # index numbers
    "price_not_positive": ("价格与数量应大于零，却有 {value}", "prices and quantities must be positive, found {value}"),
    "items_shape": (
        "价格表与数量表形状不同：{prices}、{quantities}",
        "prices and quantities differ in shape: {prices}, {quantities}",
    ),
    "items_unmatched": ("两期没有共同的项目", "the two periods have no item in common"),
    "base_mean_zero": ("基期平均为零，不能作指数", "the mean of the base period is zero; there is no index on it"),
    "base_empty": ("基期没有数据", "the base period has no data"),
    "series_gap": ("序列在此处缺失", "the series has a gap here"),
    "deal_amount": ("交易金额应不小于零，却是 {value}", "the amount of a deal must be zero or more, found {value}"),
    "growth_sign": ("从 {start} 到 {end} 无法计算增长率", "there is no growth rate from {start} to {end}"),
    "target_year_early": (
        "目标年 {target_year} 不晚于基年 {base_year}",
        "the target year {target_year} is not after the base year {base_year}",
    ),
    "splice_apart": ("两段序列没有共同的时期", "the two series share no period"),
    # clusters
    "activity_value": ("活动量应不小于零，却是 {value}", "activity must be zero or more, found {value}"),
    "activity_empty": ("活动量全为零", "there is no activity at all"),
    "regions_few": ("只有 {count} 个地区，无从比较", "there are only {count} regions; there is nothing to compare"),
    "distances_shape": ("矩阵形状 {shape} 与 {count} 个对象不符", "the matrix {shape} does not fit {count} places"),
    "distance_value": ("距离应大于零，却是 {value}", "a distance must be positive, found {value}"),
    "plants_shape": (
        "应有 {count} 个行业的企业集中度，却是 {found}",
        "one plant index per industry is needed: {count}, found {found}",
    ),
    "plants_value": (
        "企业集中度应在 0 与 1 之间（只有一家企业的行业不能算）",
        "a plant index must lie between 0 and 1 (an industry of one plant has none)",
    ),
    "coordinates": ("经纬度缺失或不合理", "coordinates are missing or impossible"),
    "island": ("有 {count} 个地方没有邻居，请放宽距离", "{count} places have no neighbour; widen the reach"),
    "values_shape": ("应有 {count} 个数值，却是 {found}", "{count} values are needed, found {found}"),
    "segment_unknown": ("环节 {segment} 不在数据里", "the segment {segment} is not in the data"),
    "link_twice": ("{supplier} 到 {user} 的联系写了两次", "the link from {supplier} to {user} is written twice"),
    "link_need": ("用量应大于零，却是 {need}", "a need must be positive, found {need}"),
    # uncertainty
    "input_shape": (
        "不确定输入应恰有其一：at、noise、weight、weight_sets、drop、data_noise",
        "an uncertain input needs exactly one of: at, noise, weight, weight_sets, drop, data_noise",
    ),
    "input_twice": ("不确定输入 {name} 出现两次", "the uncertain input {name} occurs twice"),
    "inputs_too_few": (
        "敏感性分析至少要有两个不确定输入",
        "a sensitivity analysis needs at least two uncertain inputs",
    ),
    "path_unknown": ("步骤里没有 {path}", "the steps have no {path}"),
    "path_ambiguous": ("{name} 有多个步骤，请用 as 起名后引用", "several steps are called {name}; name them with as"),
    "probabilities": (
        "概率之和应为 1，且与选项一样多",
        "the probabilities must sum to 1 and be as many as the choices",
    ),
    "no_inputs": ("没有写不确定输入", "no uncertain inputs are given"),
    "constant_output": (
        "各次重复的名次都不变，无法分解方差",
        "no replication changes any rank; there is no variance to divide",
    ),
    "search_unsettled": ("{evaluations} 次计算后仍未收敛", "the search did not settle after {evaluations} evaluations"),
}
