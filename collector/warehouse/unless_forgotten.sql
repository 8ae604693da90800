-- Part of every INSERT of people: the statement fails unless the list of the forgotten is in the state that its rows were
-- composed with. The sum changes with every row that joins.
throwIf(
    (SELECT sum(cityHash64(site, kind, hash)) FROM klantreis.forgotten) != $state,
    'somebody was forgotten since these rows were composed'
) = 0
