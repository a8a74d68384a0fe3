using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.PlannerTests.Elimination;

/// <summary>Small functions, random functions and renumbered copies.</summary>
internal static class EliminationTraces
{
    /// <summary>z = xy, w = sin z; outputs w + z and log w.</summary>
    public static Trace Simple()
    {
        var b = new TraceBuilder(2);
        var z = b.Binary(Op.Mul, 0, 1);
        var w = b.Unary(Op.Sin, z);
        return b.Build([b.Binary(Op.Add, w, z), b.Unary(Op.Log, w)]);
    }

    /// <summary>t = ab, s = sin t; outputs sin s, exp s, cos s, s·t: twelve multiplications by vertices, eleven by edges.</summary>
    public static Trace Lion()
    {
        var b = new TraceBuilder(2);
        var t = b.Binary(Op.Mul, 0, 1);
        var s = b.Unary(Op.Sin, t);
        return b.Build([b.Unary(Op.Sin, s), b.Unary(Op.Exp, s), b.Unary(Op.Cos, s), b.Binary(Op.Mul, s, t)]);
    }

    /// <summary>A function of operations that are smooth everywhere, with literals, parallel edges, dead code and outputs that are used further.</summary>
    public static Trace Random(int seed, int operations)
    {
        var random = new Random(seed);
        var b = new TraceBuilder(random.Next(1, 4));
        for (var k = 0; k < operations; k++)
        {
            int Operand() => random.Next(3) == 0 ? random.Next(b.NodeCount) : random.Next(Math.Max(0, b.NodeCount - 5), b.NodeCount);
            var a = Operand();
            _ = random.Next(12) switch
            {
                0 => b.Unary(Op.Sin, a),
                1 => b.Unary(Op.Tanh, a),
                2 => b.Binary(Op.Add, a, Operand()),
                3 => b.Binary(Op.Sub, a, Operand()),
                4 => b.Binary(Op.Mul, a, b.Constant(random.Next(-2, 3))),
                5 => b.Binary(Op.Sub, b.Constant(0.5), a),
                6 => b.Unary(Op.Neg, a),
                7 => b.Unary(Op.Square, a),
                8 => b.Unary(Op.Atan, a),
                9 => b.Binary(Op.Div, a, b.Unary(Op.Exp, Operand())),
                _ => b.Binary(Op.Mul, a, Operand()),
            };
        }
        var outputs = new int[random.Next(1, 4)];
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = random.Next(Math.Max(0, b.NodeCount - 6), b.NodeCount);
        return b.Build(outputs);
    }

    /// <summary>The same function with inputs, nodes and outputs in another random order.</summary>
    public static Trace Renumbered(Trace trace, int seed)
    {
        var random = new Random(seed);
        var map = new int[trace.NodeCount];
        Array.Fill(map, -1);
        var inputs = Enumerable.Range(0, trace.InputCount).ToArray();
        random.Shuffle(inputs);
        inputs.CopyTo(map, 0);
        var b = new TraceBuilder(trace.InputCount);
        var left = Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).ToList();
        while (left.Count > 0)
        {
            var ready = left.Where(node => trace.OperandsOf(node).ToArray().All(o => map[o] >= 0)).ToArray();
            var node = ready[random.Next(ready.Length)];
            map[node] = b.Copy(trace, node, trace.OperandsOf(node).ToArray().Select(o => map[o]).ToArray());
            left.Remove(node);
        }
        var outputs = trace.Outputs.ToArray().Select(o => map[o]).ToArray();
        random.Shuffle(outputs);
        return b.Build(outputs);
    }

    /// <summary>Operations that an order has to eliminate; what is not active costs nothing and may come first.</summary>
    public static (List<int> First, List<int> Active) Intermediates(Trace trace)
    {
        var active = Activity.Differentiable(trace);
        var used = new bool[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (active[node])
                foreach (var operand in trace.OperandsOf(node))
                    used[operand] = true;
        var first = new List<int>();
        var inner = new List<int>();
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (active[node] && (used[node] || !trace.Outputs.Contains(node)))
                inner.Add(node);
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (!active[node] && !trace.IsConstant(node) && !trace.Outputs.Contains(node))
                first.Add(node);
        return (first, inner);
    }

    public static IEnumerable<EliminationStep> Vertices(IEnumerable<int> nodes) => nodes.Select(EliminationStep.Vertex);
}
