INSERT INTO klantreis.settlers (turn, settler) VALUES ({turn:UInt64}, {settler:String})
