using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>The decisions a program takes on computed numbers, and whether rounding errors could turn one of them.</summary>
/// <remarks>
/// A decision is a comparison, or a step such as floor, that a guard or a select depends on, or the choice of an extreme such as max. Its margin is compared with the a-priori bound of the
/// error of what is compared. That bound is first taken forward, where errors never cancel; a decision it leaves open is looked at again with the adjoints of
/// the difference itself, so that false alarms are rare.
/// </remarks>
internal sealed class Decisions
{
    /// <summary>How many decisions are looked at twice; beyond, the first look counts.</summary>
    private const int SecondLooks = 256;

    /// <summary>Below this an error is made of units of the smallest double.</summary>
    private const double UnitsOnly = 1e-300;

    private readonly RoundedProgram _program;
    private readonly Trace _trace;
    private readonly ForwardSweep _forward;
    private readonly LocalBounds _bounds;
    private readonly Scratch _scratch;
    private readonly List<(int Node, string Reason)> _open = [];

    public Decisions(RoundedProgram program, ForwardSweep forward, LocalBounds bounds, Scratch scratch)
    {
        (_program, _trace, _forward, _bounds, _scratch) = (program, program.Trace, forward, bounds, scratch);
        if (HasDecisions())
            Find();
    }

    /// <summary>The decisions that could be turned and concern an output.</summary>
    public IEnumerable<StabilityFlag> Flags(int output)
    {
        if (_open.Count == 0)
            yield break;
        var concerned = Concerned(output);
        foreach (var (node, reason) in _open)
            if (concerned[node])
                yield return new(FlagKind.BranchMayDiffer, reason);
    }

    private static bool IsComparison(byte operation) => operation is Op.Less or Op.LessOrEqual or Op.Equal or Op.GreaterOrEqual or Op.Greater or Op.NotEqual;

    private static bool IsLogic(byte operation) => operation is Op.And or Op.Or or Op.Not;

    private static bool IsDecision(byte operation) => IsComparison(operation) || operation == Op.Select
        || (operation > Op.Constant && !IsLogic(operation) && (Primitive.Of(operation).Smoothness is Smoothness.Step or Smoothness.Jumping || Jumps.IsCut(operation) || Kinks.IsKinked(operation)));

    private bool HasDecisions()
    {
        Span<bool> decides = stackalloc bool[256];
        for (var code = 2; code < 256; code++)
            decides[code] = Primitive.Exists((byte)code) && IsDecision((byte)code);
        foreach (var operation in _trace.Operations)
            if (decides[operation])
                return true;
        return false;
    }

    private void Find()
    {
        var errors = ForwardBounds();
        var looks = 0;
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
        {
            var operation = _trace.Operations[node];
            if (operation <= Op.Constant || !IsDecision(operation))
                continue;
            var operands = _trace.OperandsOf(node);
            if (operation == Op.Select)
                Look(node, operands[0], -1, errors, ref looks);
            else if (operands.Length == 2 && IsComparison(operation))
                Look(node, operands[0], operands[1], errors, ref looks);
            else
                LookAround(node, errors, ref looks);
        }
    }

    /// <summary>A comparison of a and b, or with 0 where b is −1.</summary>
    private void Look(int node, int a, int b, double[] errors, ref int looks)
    {
        var operation = _trace.Operations[a];
        if (b < 0 && (operation is Op.Input or Op.Constant || IsComparison(operation) || IsLogic(operation)))
            return;
        if (CouldTurn(a, b, errors, ref looks, out var margin, out var error))
            _open.Add((node, $"{Primitive.Of(_trace.Operations[node]).Name}{Place(node)} decides by a margin of {Text(margin)}, with an error of up to {Text(error)}"));
    }

    /// <summary>Whether a − b (or a itself, where b is −1) could have the other sign.</summary>
    private bool CouldTurn(int a, int b, double[] errors, ref int looks, out double margin, out double error)
    {
        margin = Math.Abs(_forward.Values[a] - (b < 0 ? 0 : _forward.Values[b]));
        error = errors[a] + (b < 0 ? 0 : errors[b]);
        if (margin > error || error == 0)
            return false;
        if (looks++ >= SecondLooks)
            return true;
        var (bound, underflow) = DifferenceSweep.Of(_trace, _forward.Values, _bounds, a, b, _scratch.Third);
        error = bound + Math.Abs(_forward.Rest[a] - (b < 0 ? 0 : _forward.Rest[b]) - underflow);
        // The unit that stands for an error near the smallest numbers is never reached.
        return !(margin > error || error == 0 || (margin == error && error < UnitsOnly));
    }

    /// <summary>A step or jump, or a kink, within the errors of the operands.</summary>
    private void LookAround(int node, double[] errors, ref int looks)
    {
        var operands = _trace.OperandsOf(node);
        var primitive = Primitive.Of(_trace.Operations[node]);
        var at = new Surroundings(
            primitive, operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length], operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length],
            primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default, _forward.Values[node]);
        for (var k = 0; k < operands.Length; k++)
            (at.X[k], at.Errors[k]) = (_forward.Values[operands[k]], ErrorBeside(operands[k], errors));
        if (!Kinks.IsKinked(_trace.Operations[node]))
        {
            if (Jumps.Find(at) is >= 0 and var jump)
                _open.Add((node, $"{primitive.Name}{Place(node)} jumps within the error of its operand {Text(at.X[jump])}, up to {Text(at.Errors[jump])}"));
            return;
        }
        var kink = Kinks.Find(at, FirstOrder(node, errors));
        // Errors that both operands have do not matter to which of them is larger.
        if (kink >= 0 && (operands.Length != 2 || operands[0] == operands[1] || !Kinks.IsExtreme(_trace.Operations[node]) || CouldTurn(operands[0], operands[1], errors, ref looks, out _, out _)))
            _open.Add((node, $"{primitive.Name}{Place(node)} has a kink within the error of its operand {Text(at.X[kink])}, up to {Text(at.Errors[kink])}"));
    }

    /// <summary>What first order says of the error that the operands of a node bring into it.</summary>
    private double FirstOrder(int node, double[] errors)
    {
        var carry = new Carry(errors);
        Partials.Visit(_trace, node, _forward.Values, ref carry);
        return carry.Sum;
    }

    /// <summary>The error of a node; none where it has overflowed by itself, or is the opposite of what has: what is too large for a double is known to be large.</summary>
    private double ErrorBeside(int node, double[] errors)
    {
        if (!double.IsInfinity(_forward.Values[node]))
            return errors[node];
        while (_trace.Operations[node] == Op.Neg)
            node = _trace.RawA(node);
        foreach (var operand in _trace.OperandsOf(node))
            if (!double.IsFinite(_forward.Values[operand]))
                return errors[node];
        return 0;
    }

    /// <summary>Bounds of the error of every node, as if errors never cancelled; they take the place of the first-order errors.</summary>
    private double[] ForwardBounds()
    {
        var errors = _scratch.First;
        for (var node = 0; node < errors.Length; node++)
        {
            errors[node] = FirstOrder(node, errors) + _bounds.Of(node) + Math.Abs(_forward.Rest[node]);
            if (double.IsNaN(errors[node]))
                errors[node] = double.PositiveInfinity;
        }
        return errors;
    }

    /// <summary>The nodes an output or a guard is computed from, conditions included.</summary>
    private bool[] Concerned(int output)
    {
        var reached = new bool[_trace.NodeCount];
        reached[output] = true;
        foreach (var guard in _trace.Guards)
            reached[guard.Node] = true;
        for (var node = _trace.NodeCount - 1; node >= 0; node--)
            if (reached[node])
                foreach (var operand in _trace.OperandsOf(node))
                    reached[operand] = true;
        return reached;
    }

    private string Place(int node) => _program.Sources?.Of(node) is { } source ? $" at {source}" : $" (node {node})";

    private static string Text(double x) => x.ToString("G3", CultureInfo.InvariantCulture);

    private ref struct Carry(double[] errors) : IEdgeAction
    {
        public double Sum;

        public void Edge(int operand, double partial)
        {
            if (errors[operand] != 0)
                Sum += Math.Abs(partial) * errors[operand];
        }

        public void SmallEdge(int operand, double first, double second) => Sum += Math.Abs(first) * Math.Abs(second * errors[operand]);
    }
}
