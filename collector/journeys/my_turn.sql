-- Part of every statement of a settlement that writes: it writes nothing unless it is still this settler's turn.
throwIf((SELECT max(turn) FROM klantreis.settlers) != {turn}, 'another settler has taken its turn') = 0
