using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>The decisions a program takes on computed numbers, and whether rounding errors could turn one of them.</summary>
/// <remarks>
/// A decision is a comparison, or a step such as floor, that a guard or a select depends on. Its margin is compared with the a-priori bound of the
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
        || (operation > Op.Constant && !IsLogic(operation) && Primitive.Of(operation).Smoothness is Smoothness.Step or Smoothness.Jumping);

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
                LookAtStep(node, errors);
        }
    }

    /// <summary>Whether a − b (or a itself, where b is −1) could have the other sign.</summary>
    private void Look(int node, int a, int b, double[] errors, ref int looks)
    {
        var operation = _trace.Operations[a];
        if (b < 0 && (operation is Op.Input or Op.Constant || IsComparison(operation) || IsLogic(operation)))
            return;
        var margin = Math.Abs(_forward.Values[a] - (b < 0 ? 0 : _forward.Values[b]));
        var error = errors[a] + (b < 0 ? 0 : errors[b]);
        if (margin > error || error == 0)
            return;
        if (looks++ < SecondLooks)
        {
            var (bound, underflow) = DifferenceSweep.Of(_trace, _forward.Values, _bounds, a, b, _scratch.Third);
            error = bound + Math.Abs(_forward.Rest[a] - (b < 0 ? 0 : _forward.Rest[b]) - underflow);
            // The unit that stands for an error near the smallest numbers is never reached.
            if (margin > error || error == 0 || (margin == error && error < UnitsOnly))
                return;
        }
        _open.Add((node, $"{Primitive.Of(_trace.Operations[node]).Name}{Place(node)} decides by a margin of {Text(margin)}, with an error of up to {Text(error)}"));
    }

    /// <summary>Whether a step has another value within the errors of its operands.</summary>
    private void LookAtStep(int node, double[] errors)
    {
        var operands = _trace.OperandsOf(node);
        var primitive = Primitive.Of(_trace.Operations[node]);
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = _forward.Values[operands[k]];
        var parameters = primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default;
        for (var k = 0; k < x.Length; k++)
        {
            var (value, error) = (x[k], errors[operands[k]]);
            if (error == 0)
                continue;
            foreach (var moved in (ReadOnlySpan<double>)[value - error, value + error])
            {
                x[k] = moved;
                var step = primitive.Value(x, parameters);
                var jumps = primitive.Smoothness == Smoothness.Step ? step != _forward.Values[node] : Math.Abs(step - _forward.Values[node]) > 0.5 * Math.Abs(x[^1]);
                if (!jumps)
                    continue;
                _open.Add((node, $"{primitive.Name}{Place(node)} jumps within the error of its operand {Text(value)}, up to {Text(error)}"));
                return;
            }
            x[k] = value;
        }
    }

    /// <summary>Bounds of the error of every node, as if errors never cancelled; they take the place of the first-order errors.</summary>
    private double[] ForwardBounds()
    {
        var errors = _scratch.First;
        for (var node = 0; node < errors.Length; node++)
        {
            var carry = new Carry(errors);
            Partials.Visit(_trace, node, _forward.Values, ref carry);
            errors[node] = carry.Sum + _bounds.Of(node) + Math.Abs(_forward.Rest[node]);
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
