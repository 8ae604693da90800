-- Which of the awaited touchpoints an analyst sees now.
SELECT toString(id) AS seen FROM klantreis.touchpoints WHERE site = 'bench' AND visitor_id = 'probe' AND id IN {ids:Array(UUID)}
