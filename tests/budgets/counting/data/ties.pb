META
key;value
description;Invented for tests: votes are equal where the money ends
country;Ecuador
unit;Quito
subunit;Parroquia inventada
instance;2026
num_projects;5
num_votes;6
budget;100
vote_type;approval
rule;greedy
min_length;1
max_length;3
date_begin;01.05.2026
date_end;02.05.2026
currency;USD
PROJECTS
project_id;cost;votes;name;category;selected
a;60;5;Aceras;roads;1
b;40;3;Bancas;public space;1
c;30;3;Canchas;public space;0
d;90;3;Drenaje;infrastructure;0
e;10;1;Escuela de ajedrez;social;0
VOTES
voter_id;vote
1;a,b,c
2;a,b,d
3;a,c,d
4;a,b,d
5;a,c
6;e
