using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Tuning;

/// <summary>Writes a mix into a trace: a <c>cast</c> after every result that is stored in a narrower format.</summary>
internal sealed class MixedProgram(RoundedProgram program, IReadOnlyList<int> groups, PrecisionMix mix)
{
    public RoundedProgram Write()
    {
        var trace = program.Trace;
        var builder = new TraceBuilder(trace.InputCount, trace.NodeCount);
        var origin = new List<int>();
        var copy = new int[trace.NodeCount];
        var errors = new Dictionary<int, double>();
        for (var node = 0; node < trace.InputCount; node++)
        {
            copy[node] = node;
            origin.Add(node);
        }
        for (var node = 0; node < trace.InputCount; node++)
            Store(node, node);
        Span<int> few = stackalloc int[16];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            var operands = trace.OperandsOf(node);
            var renumbered = operands.Length <= few.Length ? few[..operands.Length] : new int[operands.Length];
            for (var k = 0; k < operands.Length; k++)
                renumbered[k] = copy[operands[k]];
            var written = builder.Copy(trace, node, renumbered);
            origin.Add(node);
            if (program.LiteralErrors.TryGetValue(node, out var error))
                errors.Add(written, error);
            copy[node] = written;
            Store(node, written);
        }
        foreach (var guard in trace.Guards)
            builder.AddGuard(copy[guard.Node], guard.Expected);
        var outputs = Array.ConvertAll(trace.Outputs.ToArray(), node => copy[node]);
        return program with
        {
            Trace = builder.Build(outputs, trace.Names with { Nodes = null }, trace.Point?.ToArray()),
            LiteralErrors = errors,
            Sources = program.Sources is null ? null : new Sources(program.Sources, origin),
            VariableOf = program.VariableOf is null ? null : [.. origin.Select(node => program.VariableOf[node])],
            Stages = program.Stages?.Select(node => node < copy.Length ? copy[node] : builder.NodeCount).ToList(),
        };

        void Store(int node, int written)
        {
            if (groups[node] < 0 || mix.Formats[groups[node]] is not { Precision: < 53 } format)
                return;
            copy[node] = builder.Parametric(Op.Cast, written, [format.Precision, format.MaxExponent]);
            origin.Add(node);
        }
    }

    private sealed class Sources(INodeSources original, List<int> origin) : INodeSources
    {
        public string? Of(int node) => original.Of(origin[node]);
    }
}
