"""A small example of the project's own making: invented parks, invented figures."""

from __future__ import annotations

_SPEC = """\
format: duijie-index/1
name: {zh: 园区发展指数（示例）, en: Park development index (example)}
data:
  unit: code
  unit_name: name
  period: year
  groups: [region]
reference_period: 2023

indicators:
  - {code: output,   name: {zh: 总产值, en: Output},                parent: growth,      unit: 亿元, denominator: workers}
  - {code: exports,  name: {zh: 出口额, en: Exports},               parent: growth,      unit: 亿元, weight: 0.8}
  - {code: research, name: {zh: 研发投入强度, en: R&D intensity},   parent: innovation,  unit: "%", range: [0, 100], weight: 1.2}
  - {code: patents,  name: {zh: 发明专利, en: Patents},             parent: innovation,  unit: 件, denominator: workers}
  - {code: joint,    name: {zh: 共建项目, en: Joint projects},      parent: cooperation, unit: 个}
  - {code: capital,  name: {zh: 跨区投资, en: Capital between regions}, parent: cooperation, unit: 亿元}
  - {code: energy,   name: {zh: 单位产值能耗, en: Energy per output}, parent: green, unit: 吨标煤/万元, direction: -1}

framework:
  - {code: growth,      name: {zh: 发展质量, en: Quality of growth}, parent: index, weight: 30}
  - {code: innovation,  name: {zh: 科技创新, en: Innovation},        parent: index, weight: 30}
  - {code: cooperation, name: {zh: 合作共建, en: Cooperation},       parent: index, weight: 25}
  - {code: green,       name: {zh: 绿色发展, en: Green},             parent: index, weight: 15}
  - {code: index,       name: {zh: 园区发展指数, en: Park development index}}

weights:
  innovation_first: {growth: 20, innovation: 45, cooperation: 20, green: 15}

steps:
  - denominate: {}
  - impute: {method: linear_constant, complete: true}
  - treat: {winsorise_max: 2}
  - normalise: {method: min_max, lower: 1, upper: 100}
  - aggregate: {method: arithmetic, by_level: {"3": geometric}}

uncertainty:
  replications: 200
  seed: 7
  design: sobol
  bootstrap: 200
  inputs:
    - {name: normalisation, at: normalise, choices: [{method: min_max, lower: 1, upper: 100}, {method: z_score, mean: 100, sd: 10}]}
    - {name: aggregation, at: aggregate, choices: [{method: arithmetic}, {method: arithmetic, by_level: {"3": geometric}}]}
    - {name: weights, noise: {levels: {"2": 0.25}}}
"""

_DATA = """\
code,name,region,year,output,exports,research,patents,joint,capital,energy,workers
A,东湖园,east,2023,812.4,120.5,4.1,1830,6,24.0,0.31,10.2
B,西山园,west,2023,356.0,22.8,2.6,540,3,6.5,0.52,6.1
C,南溪园,south,2023,603.7,88.1,3.3,1120,9,31.2,0.38,8.4
D,北苑园,north,2023,271.9,15.4,2.1,310,2,3.8,0.66,4.9
E,江口园,east,2023,945.2,301.7,3.8,1405,11,45.9,0.44,12.6
F,平川园,west,2023,188.3,9.2,1.7,150,1,1.9,0.71,3.3
A,东湖园,east,2024,860.1,118.2,4.4,2015,8,28.4,0.29,10.5
B,西山园,west,2024,391.5,26.0,2.9,625,4,9.1,0.49,6.3
C,南溪园,south,2024,641.8,95.7,3.5,,12,35.6,0.36,8.6
D,北苑园,north,2024,290.4,16.1,2.4,362,3,4.4,0.61,5.0
E,江口园,east,2024,982.6,288.4,4.0,1533,15,58.3,0.41,12.9
F,平川园,west,2024,205.7,11.5,2.0,188,2,,0.67,3.4
A,东湖园,east,2025,905.5,131.9,4.6,2240,9,33.0,0.27,10.8
B,西山园,west,2025,433.2,31.3,3.2,718,6,12.7,0.46,6.6
C,南溪园,south,2025,676.0,102.4,3.6,1398,14,41.1,0.34,8.7
D,北苑园,north,2025,305.8,17.7,2.6,401,3,5.9,0.58,5.1
E,江口园,east,2025,1021.3,310.2,4.3,1690,19,66.8,0.39,13.1
F,平川园,west,2025,231.0,14.8,2.3,236,4,5.2,0.63,3.6
"""

EXAMPLE: dict[str, str] = {"spec.yaml": _SPEC, "data.csv": _DATA}
