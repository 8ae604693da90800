-- Part of the statements that make steps: a ClickHouse that was started anew meanwhile has forgotten the touchpoints of the batch.
throwIf((SELECT count() FROM klantreis.settling_touchpoints) != {rows}, 'the touchpoints that were gathered are gone') = 0
