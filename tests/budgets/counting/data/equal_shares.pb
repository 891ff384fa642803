META
key;value
description;Invented for tests: a minority with its own work, and Add1 until the next would overspend
country;Ecuador
unit;Quito
instance;2026
num_projects;4
num_votes;6
budget;60
vote_type;approval
rule;equalshares/add1
PROJECTS
project_id;cost;votes;name;selected
1;30;4;Mayoría uno;1
2;30;4;Mayoría dos;0
3;20;2;Minoría;1
4;12;1;De una sola;0
VOTES
voter_id;vote
1;1,2
2;1,2
3;1,2
4;1,2,4
5;3
6;3
