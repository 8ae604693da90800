-- A sign of life of long ago.
INSERT INTO klantreis.settlers (turn, settler, ended) VALUES ({turn:UInt64}, {settler:String}, true)
