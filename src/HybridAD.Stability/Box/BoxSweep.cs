using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Stability.Box;

/// <summary>
/// Interval sweeps of one program over sub-boxes, with all memory allocated once. Forward: ranges of exact values X and computed values V, bounds of the
/// rounding error of each operation and of its total error V − X. Backward: adjoints over ranges that contain both X and V, so that Σ |ā|·|δ| bounds the error
/// of the output, second order included (each operation contributes a mean value between its exact and its computed operands).
/// </summary>
internal sealed partial class BoxSweep
{
    private readonly BoxProgram _program;
    private readonly bool _inputsRounded;
    private readonly int _longest;
    private readonly double _up;

    // Forward.
    private readonly Interval[] _exact;
    private readonly Interval[] _computed;
    private readonly Interval[] _hull;
    private readonly Interval[] _partials;
    private readonly double[] _errors;
    private readonly double[] _local;
    private readonly int[] _grids;
    private readonly bool[] _cut;
    private readonly bool[] _isOutside;
    private readonly bool[]? _mayBeNegativeZero;
    private readonly AffineForms _forms;

    // Backward.
    private readonly Interval[] _adjoints;
    private readonly Interval[] _scaled;
    private readonly Interval[] _tangents;
    private readonly Interval[] _curvatures;
    private readonly double[] _excess;
    private readonly double[] _drift;
    private readonly double[] _bend;
    private readonly double[] _weights;
    private bool _centredIsBetter;

    /// <summary>Sweeps for a program.</summary>
    public BoxSweep(BoxProgram program, bool inputsRounded)
    {
        _program = program;
        _inputsRounded = inputsRounded;
        var count = program.Count;
        _longest = 2;
        for (var slot = 0; slot < count; slot++)
            _longest = Math.Max(_longest, program.Starts[slot + 1] - program.Starts[slot]);
        // Enough for the roundings of any sum of non-negative numbers here.
        _up = 1 + (8 * count + 4 * _longest + 32) * 1.2e-16;
        (_exact, _computed, _hull) = (new Interval[count], new Interval[count], new Interval[count]);
        (_errors, _local, _grids, _cut) = (new double[count], new double[count], new int[count], new bool[count]);
        _isOutside = new bool[count];
        _mayBeNegativeZero = program.Operations.Contains(Op.Atan2) ? new bool[count] : null;
        _partials = new Interval[program.Starts[^1]];
        _forms = new AffineForms(count + 1, program.InputCount);
        (_adjoints, _scaled) = (new Interval[count], new Interval[count]);
        (_tangents, _curvatures) = (new Interval[count], new Interval[count]);
        (_excess, _drift, _weights) = (new double[count], new double[count], new double[count]);
        _bend = new double[count];
        Decisions = new byte[count];
        Limits = new Interval[count];
        Conditions = new(program.InputCount);
    }

    /// <summary>Operations whose operands are to be cut off, or null where the sweep decides: see <see cref="Bound"/>.</summary>
    public bool[]? Cuts { get; set; }

    /// <summary>Conditions that hold on the box, to tighten ranges with.</summary>
    public ConstraintForms Conditions { get; }

    /// <summary>Limits that both exact and computed values keep on the path of the decisions; they are used where <see cref="HasLimits"/> says so.</summary>
    public Interval[] Limits { get; }

    /// <summary>Whether any slot is limited.</summary>
    public bool HasLimits { get; set; }

    /// <summary>Which operand a selection is forced to take, 1 or 2; 0 where its condition decides.</summary>
    public byte[] Decisions { get; }

    /// <summary>The first selection whose condition is not certain and that is not forced, or −1.</summary>
    public int Undecided { get; private set; }

    /// <summary>The first operation that has no finite enclosure, or −1.</summary>
    public int Lost { get; private set; }

    /// <summary>Whether the operation at <see cref="Lost"/> has no value at its operands, in exact arithmetic.</summary>
    public bool CertainlyUndefined { get; private set; }

    /// <summary>Affine forms of the last forward sweep.</summary>
    public AffineForms Forms => _forms;

    /// <summary>Range of exact values of a slot.</summary>
    public Interval RangeOf(int slot) => _exact[slot];

    /// <summary>Affine form of the difference of a comparison's operands, as the last row of <see cref="Forms"/>, and the bound of its error.</summary>
    public (int Form, double Error) Difference(int comparison)
    {
        var (a, b) = (_program.First[comparison], _program.Second[comparison]);
        _forms.Add(_program.Count, a, b, -1);
        return (_program.Count, (_errors[a] + _errors[b]) * _up);
    }

    /// <summary>Whether a comparison comes out in one way everywhere in the box, exact and computed.</summary>
    public bool Always(int comparison, bool holds) => _hull[comparison] == (Interval)(holds ? 1 : 0);

    /// <summary>Whether exact and computed operands may compare differently somewhere in the box.</summary>
    public bool MayDiffer(int comparison) => _local[comparison] > 0;

    /// <summary>Whether the condition of a selection has one value on the box, exact and computed.</summary>
    public bool IsDecided(int selection) => _hull[_program.Lists[_program.First[selection]]].IsPoint;

    /// <summary>Range of exact values of the output.</summary>
    public Interval OutputRange => _exact[_program.Results[0]];

    /// <summary>Bound of the output's total error, as it was propagated forward.</summary>
    public double OutputError => _errors[_program.Results[0]];

    /// <summary>Ranges and errors over a box; false where an operation has no finite enclosure.</summary>
    public bool Forward(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, bool affine)
    {
        (Undecided, Lost, CertainlyUndefined) = (-1, -1, false);
        _isOutside.AsSpan().Clear();
        for (var slot = 0; slot < _program.Count; slot++)
        {
            var operation = _program.Operations[slot];
            if (operation == Op.Input)
                Input(slot, lower[slot], upper[slot], affine);
            else if (operation == Op.Constant)
                Literal(slot, affine);
            else if (!Operation(slot, operation, affine))
            {
                if (Lost < 0)
                    Lost = slot;
                if (!_program.HasSelections)
                    return false;
                // Perhaps nobody selects it.
                Lose(slot, affine);
            }
            if (_mayBeNegativeZero is not null)
                _mayBeNegativeZero[slot] = MayBeNegativeZero(slot, operation);
        }
        foreach (var (slot, expected) in _program.Guards)
            if (_hull[slot] != (Interval)expected)
            {
                // Elsewhere the trace is another function.
                Lost = slot;
                return false;
            }
        return double.IsFinite(OutputError);
    }

    private void Lose(int slot, bool affine)
    {
        _exact[slot] = _computed[slot] = _hull[slot] = Interval.Undefined;
        _errors[slot] = _local[slot] = double.PositiveInfinity;
        _partials.AsSpan(_program.Starts[slot], _program.Starts[slot + 1] - _program.Starts[slot]).Clear();
        if (affine)
            _forms.Forget(slot, Interval.Undefined);
    }

    private void Input(int slot, double lower, double upper, bool affine)
    {
        var format = _program.Formats[slot];
        _exact[slot] = new(lower, upper);
        _grids[slot] = format.MinExponent - format.Precision + 1;
        _computed[slot] = _inputsRounded ? Rounded(_exact[slot], format) : _exact[slot];
        _local[slot] = _errors[slot] = _inputsRounded ? Outward.HalfUlp(_exact[slot].Magnitude, format) : 0;
        if (_exact[slot].Mignitude is > 0 and var least)
            _grids[slot] = Math.Max(_grids[slot], Outward.Exponent(least) - format.Precision + 1);
        _hull[slot] = Interval.Hull(_exact[slot], _computed[slot]);
        if (affine)
            _forms.Input(slot, lower, upper);
    }

    private void Literal(int slot, bool affine)
    {
        var value = _program.Values[slot];
        _computed[slot] = value;
        _exact[slot] = value - _program.Errors[slot];
        _hull[slot] = Interval.Hull(_exact[slot], _computed[slot]);
        _local[slot] = _errors[slot] = _program.Errors[slot] is { IsUndefined: false } error ? error.Magnitude : double.PositiveInfinity;
        _grids[slot] = Outward.Grid(value);
        if (affine)
            _forms.Forget(slot, _exact[slot]);
    }

    private bool Operation(int slot, byte operation, bool affine)
    {
        if (operation == Op.Select)
            return Select(slot, affine);
        if (operation is Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual)
            return Compare(slot, affine);
        Span<int> pair = stackalloc int[2];
        var operands = _program.OperandsOf(slot, pair);
        var partials = _partials.AsSpan(_program.Starts[slot], operands.Length);
        Interval exact, computed;
        switch (operation)
        {
            case Op.Add:
                exact = _exact[operands[0]] + _exact[operands[1]];
                computed = _computed[operands[0]] + _computed[operands[1]];
                partials[0] = partials[1] = 1;
                break;
            case Op.Sub:
                exact = _exact[operands[0]] - _exact[operands[1]];
                computed = _computed[operands[0]] - _computed[operands[1]];
                partials[0] = 1;
                partials[1] = -1;
                break;
            case Op.Mul when operands[0] == operands[1]:
                exact = Interval.Square(_exact[operands[0]]);
                computed = Interval.Square(_computed[operands[0]]);
                partials[0] = partials[1] = _hull[operands[0]];
                break;
            case Op.Mul:
                exact = _exact[operands[0]] * _exact[operands[1]];
                computed = _computed[operands[0]] * _computed[operands[1]];
                partials[0] = _hull[operands[1]];
                partials[1] = _hull[operands[0]];
                break;
            case Op.Cast:
                exact = _exact[operands[0]];
                computed = _computed[operands[0]];
                partials[0] = 1;
                break;
            default:
                IntervalOperands exactOperands = default, computedOperands = default, hulls = default;
                var primitive = _program.Primitives[slot]!;
                var parameters = _program.ParametersOf(slot);
                if (operands.Length <= IntervalOperands.Length)
                    General(primitive, parameters, operands, exactOperands, computedOperands, hulls, partials, out exact, out computed);
                else
                    General(primitive, parameters, operands, new Interval[operands.Length], new Interval[operands.Length], new Interval[operands.Length],
                        partials, out exact, out computed);
                break;
        }
        if (exact.IsUndefined || computed.IsUndefined)
        {
            CertainlyUndefined |= exact.IsUndefined && IsUndefinedEverywhere(slot, operands);
            _isOutside[slot] = MayBeOutside(operands);
            return false;
        }
        if (affine && Linearise(slot, operation, operands, exact))
        {
            exact = exact.Common(_forms.Range(slot));
            if (Conditions.Count > 0 && !(exact.Width <= 0.1 * exact.Mignitude))
                exact = Conditions.Tighten(_forms, slot, exact);
        }
        return Finish(slot, operation, operands, partials, exact, computed, affine);
    }

    private void General(Primitive primitive, ReadOnlySpan<double> parameters, ReadOnlySpan<int> operands, Span<Interval> exactOperands,
        Span<Interval> computedOperands, Span<Interval> hulls, Span<Interval> partials, out Interval exact, out Interval computed)
    {
        for (var k = 0; k < operands.Length; k++)
            (exactOperands[k], computedOperands[k], hulls[k]) = (_exact[operands[k]], _computed[operands[k]], _hull[operands[k]]);
        exactOperands = exactOperands[..operands.Length];
        computedOperands = computedOperands[..operands.Length];
        hulls = hulls[..operands.Length];
        exact = primitive.Enclosure(exactOperands, parameters);
        computed = primitive.Enclosure(computedOperands, parameters);
        if (primitive.Smoothness >= Smoothness.Step)
            partials.Clear();
        else
            primitive.PartialEnclosures(hulls, parameters, primitive.Enclosure(hulls, parameters), partials);
    }

    /// <summary>Combines ranges with errors, and bounds the rounding error and the total error of an operation.</summary>
    private bool Finish(int slot, byte operation, ReadOnlySpan<int> operands, Span<Interval> partials, Interval exact, Interval computed, bool affine)
    {
        var primitive = _program.Primitives[slot]!;
        double propagated = 0;
        var cut = false;
        if (primitive.Smoothness >= Smoothness.Step)
        {
            // A step has no mean value: what computed and exact value differ by is an error of its own, unless the operands are the same numbers.
            propagated = IsExactStep(operation, primitive, operands) && AreExact(operands) ? 0 : (exact - computed).Magnitude;
            cut = true;
        }
        else
        {
            for (var k = 0; k < operands.Length; k++)
                if (_errors[operands[k]] is not 0 and var error)
                    propagated += partials[k].Magnitude * error;
            propagated *= _up;
            if (Cuts is not null)
                cut = Cuts[slot];
            if (operation == Op.Sqrt && RootOfError(operands[0]) is var root && !(propagated <= 2 * root))
            {
                propagated = root;
                cut |= Cuts is null;
            }
            else if (!double.IsFinite(propagated))
            {
                propagated = (exact - computed).Magnitude;
                cut |= Cuts is null;
            }
        }
        if (operation == Op.Atan2 && _mayBeNegativeZero![operands[0]] && _computed[operands[1]].Lower < 0)
        {
            // Real numbers know no −0, whose angle is that on the other side of the cut.
            computed = Interval.Hull(computed, -Interval.Around(Math.PI));
            propagated = Math.Max(propagated, (exact - computed).Magnitude);
            cut = true;
        }
        if (!double.IsFinite(propagated))
            return false;
        if (HasLimits && Interval.Intersect(exact, Limits[slot]) is { } limited)
            exact = limited;
        var real = computed.Common(exact.Widened(propagated));
        exact = exact.Common(computed.Widened(propagated));
        var format = _program.Formats[slot];
        var local = LocalError(operation, operands, primitive, real, format, affine, out var grid);
        computed = UlpBound(operation, primitive) > 0.5 ? real.Widened(local) : local == 0 ? real : Rounded(real, format);
        if (HasLimits && Interval.Intersect(computed, Limits[slot]) is { } possible)
            computed = possible;
        var total = (propagated + local) * _up;
        if (!double.IsFinite(total) || !computed.IsFinite)
            return false;
        (_exact[slot], _computed[slot], _hull[slot]) = (exact, computed, Interval.Hull(exact, computed));
        (_errors[slot], _grids[slot], _cut[slot]) = (total, grid, cut);
        _local[slot] = cut ? total : local;
        if (cut)
            partials.Clear();
        if (affine && !double.IsFinite(_forms.Remainder(slot)))
            _forms.Forget(slot, exact);
        return true;
    }

    /// <summary>Whether a step gives doubles, so that nothing is rounded after it.</summary>
    private bool IsExactStep(byte operation, Primitive primitive, ReadOnlySpan<int> operands) => primitive.UlpBound == 0
        || (operation is Op.RoundTo or Op.TruncateTo && _program.Operations[operands[1]] == Op.Constant && _program.Values[operands[1]] == 0);

    private bool AreExact(ReadOnlySpan<int> operands)
    {
        foreach (var operand in operands)
            if (_errors[operand] != 0)
                return false;
        return true;
    }

    /// <summary>|√v − √x| ≤ √|v − x|, and ≤ |v − x| / (√v + √x): what is known of a root near 0, where its derivative is not bounded.</summary>
    private double RootOfError(int operand)
    {
        var error = _errors[operand];
        var least = Math.Sqrt(Math.Max(0, _exact[operand].Lower)) + Math.Sqrt(Math.Max(0, _computed[operand].Lower));
        return Math.Min(Math.BitIncrement(Math.Sqrt(error)), least > 0 ? error / least * _up : double.PositiveInfinity);
    }

    /// <summary>Whether an operation without an enclosure may have no value at all, and not only none that is finite: an operand may have none, or all have enclosures and it has not.</summary>
    private bool MayBeOutside(ReadOnlySpan<int> operands)
    {
        var (isOutside, isLost) = (false, false);
        foreach (var operand in operands)
        {
            isOutside |= _isOutside[operand];
            isLost |= _exact[operand].IsUndefined;
        }
        return isOutside || !isLost;
    }

    /// <summary>Whether an operation has no value at its operands, which have to be known well enough to tell.</summary>
    private bool IsUndefinedEverywhere(int slot, ReadOnlySpan<int> operands)
    {
        var at = new Interval[operands.Length];
        for (var end = 0; end < 3; end++)
        {
            for (var k = 0; k < at.Length; k++)
            {
                var range = _exact[operands[k]];
                if (!(range.Width <= 1e-9 * range.Magnitude))
                    return false;
                at[k] = end == 0 ? range.Lower : end == 1 ? range.Midpoint : range.Upper;
            }
            if (!_program.Primitives[slot]!.Enclosure(at, _program.ParametersOf(slot)).IsUndefined)
                return false;
        }
        return true;
    }

    private static Interval Rounded(Interval x, Rounding.NumberFormat format) =>
        format.Precision == 53 ? x : new(format.Round(x.Lower), format.Round(x.Upper));
}
