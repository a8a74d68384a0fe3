using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD;

/// <content>
/// Branches that depend on much of what a function computes. To know whether they are still the recorded ones takes about as long as the values do, and where the Jacobian comes after that, all of it is
/// computed twice. After some evaluations the decisions become outputs of a function of their own, which has no other nonzeros, as comparisons have no derivatives: its values and
/// its Jacobian are computed together, and whether the decisions held is looked up among the values.
/// </content>
public sealed partial class CompiledJacobian
{
    /// <summary>More decisions would take more memory than they save time.</summary>
    private const int MostGuardsAsOutputs = 100_000;

    private const int NumbersOnTheStack = 256;

    // Null for a function without decisions, as most are: one of a few operations is not to become larger by this.
    private readonly WithGuards? _withGuards;

    /// <summary>Whether decisions are computed with the entries by now.</summary>
    internal bool HasGuardsTogether => _withGuards is { Known: not null };

    private JacobianWithGuards? FindWithGuards()
    {
        try
        {
            return MakeWithGuards(_variant.Trace);
        }
        finally
        {
            // It was made for this once more.
            _variant.LetGo();
        }
    }

    private JacobianWithGuards? MakeWithGuards(Trace trace)
    {
        if (trace.Guards.Length > MostGuardsAsOutputs || _options.Mode is not (JacobianMode.Auto or JacobianMode.Blocks) || _function.HasGuardsApart(_variant))
            return null;
        // It is simplified: once more, what decides would be taken for an output like others, whose last bits do not matter.
        var options = _function.Options with { OnGuardFlip = GuardPolicy.Ignore, Engine = Engine.Compiled, Simplification = SimplificationOptions.None };
        CompiledJacobian jacobian;
        try
        {
            jacobian = new CompiledJacobian(new TracedFunction(FunctionBlocks.WithoutGuards(trace, asOutputs: true), options), _options with { Engine = Engine.Compiled });
        }
        catch (HybridAdException)
        {
            // What has more outputs need not be possible in the mode that was asked for.
            return null;
        }
        var isSame = jacobian.Pattern.NonzeroCount == Pattern.NonzeroCount && jacobian.Pattern.Columns.SequenceEqual(Pattern.Columns)
            && jacobian.Pattern.RowStarts[..Pattern.RowStarts.Length].SequenceEqual(Pattern.RowStarts);
        return isSame ? new JacobianWithGuards(jacobian, trace.Guards.ToArray()) : null;
    }

    /// <summary>Computes all of it at once; false where a decision is another one, or something needs care.</summary>
    [SkipLocalsInit]
    private bool TryWithGuards(
        JacobianWithGuards withGuards, ReadOnlySpan<double> x, Span<double> y, Span<double> entries, Workspace workspace, bool? isPrefilled, bool isOneOfMany)
    {
        var guards = withGuards.Guards;
        var count = _function.OutputCount + guards.Length;
        var rented = count > NumbersOnTheStack ? ArrayPool<double>.Shared.Rent(count) : null;
        try
        {
            var values = rented is null ? stackalloc double[NumbersOnTheStack] : rented;
            values = values[..count];
            // What another program left in a buffer need not be what this one leaves there.
            if (!withGuards.Jacobian.TryCompiled(withGuards.Jacobian._planned, x, values, entries, workspace, isPrefilled is null ? null : false, isOneOfMany))
                return false;
            for (var k = 0; k < guards.Length; k++)
                if (!guards[k].Holds(values[_function.OutputCount + k]))
                    return false;
            if (!y.IsEmpty)
                values[.._function.OutputCount].CopyTo(y);
            return true;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>When it is worth it to prepare a Jacobian with decisions, and that Jacobian.</summary>
    private sealed class WithGuards(Func<JacobianWithGuards?> find)
    {
        private readonly MadeOnce<JacobianWithGuards?> _made = new(find);
        private double _secondsWithout;
        private bool _isPreparing;

        /// <summary>What was prepared; null where nothing was yet, or where it is not worth it.</summary>
        public JacobianWithGuards? Known => _made.IsMade ? _made.Value : null;

        /// <summary>The same before one more evaluation.</summary>
        /// <param name="prediction">What an evaluation without it takes, and what preparing takes.</param>
        public JacobianWithGuards? For(PlanCandidate prediction)
        {
            if (_made.IsMade)
                return _made.Value;
            // To be prepared for as long as was evaluated without it: no more than twice the time of the better choice is spent. Threads that count at once may lose an evaluation.
            _secondsWithout += prediction.PredictedSeconds;
            // While one thread prepares it, the others go on without.
            if (_secondsWithout <= prediction.SetupSeconds || Interlocked.Exchange(ref _isPreparing, true))
                return null;
            try
            {
                return _made.Value;
            }
            finally
            {
                Volatile.Write(ref _isPreparing, false);
            }
        }
    }

    /// <summary>The Jacobian of a function with its decisions as outputs.</summary>
    /// <param name="Jacobian">The Jacobian; the decisions have empty rows behind the others.</param>
    /// <param name="Guards">The decisions.</param>
    private sealed record JacobianWithGuards(CompiledJacobian Jacobian, Guard[] Guards);
}
