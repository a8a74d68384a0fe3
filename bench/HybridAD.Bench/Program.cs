return args is ["elimination", .. var rest] ? HybridAD.Bench.Elimination.EliminationTable.Run(rest) : 0;
