using HybridAD.Errors;

namespace HybridAD.Execution.Sweeps;

/// <summary>Products of the Jacobian with a vector, one sweep each. The values must stand in the slots.</summary>
public static class DirectionalDerivatives
{
    /// <summary>J·t: the tangents of the outputs (m numbers) for tangents of the inputs (n numbers), in one forward sweep.</summary>
    public static void Jvp(CompiledTrace function, double[] slots, ReadOnlySpan<double> tangent, Span<double> result, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(function);
        Throw.IfLengthDiffers(tangent.Length, function.Trace.InputCount, nameof(tangent), "one number per input");
        Throw.IfLengthDiffers(result.Length, function.Trace.OutputCount, nameof(result), "one number per output");
        function.EvaluatePartials(slots);
        Forward(function, slots, tangent, result, workspace, carefully: false);
        if (NumberChecks.HasNaN(result))
            Forward(function, slots, tangent, result, workspace, carefully: true);
    }

    /// <summary>ȳ·J: the adjoints of the inputs (n numbers) for adjoints of the outputs (m numbers), in one reverse sweep.</summary>
    public static void Vjp(CompiledTrace function, double[] slots, ReadOnlySpan<double> cotangent, Span<double> result, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(function);
        Throw.IfLengthDiffers(cotangent.Length, function.Trace.OutputCount, nameof(cotangent), "one number per output");
        Throw.IfLengthDiffers(result.Length, function.Trace.InputCount, nameof(result), "one number per input");
        function.EvaluatePartials(slots);
        Reverse(function, slots, cotangent, result, workspace, carefully: false);
        if (NumberChecks.HasNaN(result))
            Reverse(function, slots, cotangent, result, workspace, carefully: true);
    }

    private static void Forward(CompiledTrace function, double[] slots, ReadOnlySpan<double> tangent, Span<double> result, Workspace workspace, bool carefully)
    {
        var graph = function.SweepGraph;
        var tangents = workspace.Directions(graph.SlotCount);
        var alive = workspace.Alive(graph.SlotCount);
        tangent.CopyTo(tangents);
        for (var input = 0; input < tangent.Length; input++)
            alive[input] = tangent[input] != 0;
        SweepKernel.ForWidth(1).Forward(graph, slots, tangents, alive, carefully);
        for (var row = 0; row < result.Length; row++)
        {
            var slot = graph.OutputSlots[row];
            result[row] = slot >= 0 && alive[slot] ? tangents[slot] : 0;
        }
    }

    private static void Reverse(CompiledTrace function, double[] slots, ReadOnlySpan<double> cotangent, Span<double> result, Workspace workspace, bool carefully)
    {
        var graph = function.SweepGraph;
        var adjoints = workspace.Directions(graph.SlotCount);
        var alive = workspace.Alive(graph.SlotCount);
        for (var row = 0; row < cotangent.Length; row++)
        {
            var slot = graph.OutputSlots[row];
            if (slot < 0 || cotangent[row] == 0)
                continue;
            adjoints[slot] = (alive[slot] ? adjoints[slot] : 0) + cotangent[row];
            alive[slot] = true;
        }
        SweepKernel.ForWidth(1).Reverse(graph, slots, adjoints, alive, carefully);
        for (var input = 0; input < result.Length; input++)
            result[input] = alive[input] ? adjoints[input] : 0;
    }
}
