META
key; value
description; Invented for tests: as a spreadsheet saves it
country; Ecuador
unit; Quito
instance; 2026
num_projects; 3
num_votes; 3
budget; 12 345,67
vote_type; approval
rule; greedy
PROJECTS;;
project_id; cost; name
uno; 1 234.56; Árboles
dos; 11111.11; "Baños; públicos"
tres; 40000.0; Ñan
VOTES;;
voter_id; vote
1; uno, dos
2; uno,tres
3; dos
