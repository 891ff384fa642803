META
key;value
description;Invented for tests: the second does not fit, the third would
country;Ecuador
unit;Quito
instance;2026
num_projects;4
num_votes;5
budget;1000
vote_type;approval
rule;greedy-no-skip
min_project_score_threshold;2
PROJECTS
project_id;cost;votes;name;selected
10;700;4;"Casa comunal; segunda etapa";1
11;400;3;"""La Unión"": muro";0
12;300;2;Luminarias;0
13;1;1;Placa;0
VOTES
voter_id;vote;neighborhood
v1;10,11;Norte
v2;10,11,12;Norte
v3;10,12;Sur
v4;10,11;Sur
v5;13;Sur
