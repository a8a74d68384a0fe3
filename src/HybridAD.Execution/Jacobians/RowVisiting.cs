using System.Runtime.CompilerServices;
using HybridAD.Execution.Sweeps;
using HybridAD.Execution.Values;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>One reverse pass over the visits of all rows.</summary>
internal ref struct RowVisiting<TProduct>
    where TProduct : struct, IProduct
{
    private readonly RowVisits _visits;
    private readonly Trace _trace;
    private readonly int _inputCount;
    private readonly ReadOnlySpan<int> _owners;
    private readonly ReadOnlySpan<int> _targets;
    private readonly ReadOnlySpan<double> _values;
    private readonly Span<double> _adjoints;
    private readonly Span<double> _shared;
    private readonly Span<double> _entries;
    private int _next;

    /// <param name="visits">What is visited.</param>
    /// <param name="values">The value of every node.</param>
    /// <param name="adjoints">Room for the adjoint of every node, all zero; so it is left.</param>
    /// <param name="shared">Room for the adjoint of every visit of a shared operation, all zero; so it is left.</param>
    /// <param name="entries">Receives the entries; all zero.</param>
    public RowVisiting(RowVisits visits, ReadOnlySpan<double> values, Span<double> adjoints, Span<double> shared, Span<double> entries)
    {
        _visits = visits;
        _trace = visits.Trace;
        _inputCount = _trace.InputCount;
        _owners = visits.Owners;
        _targets = visits.Targets;
        _values = values;
        _adjoints = adjoints;
        _shared = shared;
        _entries = entries;
    }

    /// <summary>The derivative of every row to itself.</summary>
    public readonly void Seed()
    {
        var outputs = _trace.Outputs;
        for (var row = 0; row < outputs.Length; row++)
        {
            var seed = _visits.Seeds[row];
            if (seed >= 0)
                _entries[seed] = 1;
            else if (seed != RowVisits.NoSeed)
                _shared[~seed] = 1;
            else if (_owners[outputs[row]] > 0)
                _adjoints[outputs[row]] = 1;
        }
    }

    /// <summary>Own operations from the last to the first, then the visits of shared ones.</summary>
    public void Run()
    {
        var operations = _trace.Operations;
        var raw = _trace.RawOperands;
        var values = _values;
        var owners = _owners;
        var sharedVisits = _visits.SharedVisits;
        var node = owners.Length;
        var visit = -1;
        while (true)
        {
            double adjoint;
            if (visit < 0)
            {
                if (--node < _inputCount)
                {
                    visit = 0;
                    continue;
                }
                if (owners[node] <= 0)
                    continue;
                adjoint = _adjoints[node];
                _adjoints[node] = 0;
            }
            else
            {
                if (visit == sharedVisits.Length)
                    return;
                adjoint = _shared[visit];
                _shared[visit] = 0;
                node = sharedVisits[visit++];
            }
            int a = raw[2 * node], b = raw[2 * node + 1];
            double label;
            switch (operations[node])
            {
                case Op.Add:
                    Pass(a, adjoint);
                    Pass(b, adjoint);
                    continue;
                case Op.Sub:
                    Pass(a, adjoint);
                    Pass(b, -adjoint);
                    continue;
                case Op.Mul:
                    Add(a, adjoint, values[b]);
                    Add(b, adjoint, values[a]);
                    continue;
                case Op.Div:
                    Add(a, adjoint, DivRule.PartialA(values[a], values[b], values[node]));
                    Add(b, adjoint, DivRule.PartialB(values[a], values[b], values[node]));
                    continue;
                case Op.Sum:
                    foreach (var operand in _trace.OperandLists.Slice(a, b))
                        Pass(operand, adjoint);
                    continue;
                case Op.Pow when operations[b] == Op.Constant && b >= _inputCount:
                    label = values[b] == 2 ? 2 * values[a] : PowRule.PartialA(values[a], values[b], values[node]);
                    break;
                case Op.Neg:
                    Pass(a, -adjoint);
                    continue;
                case Op.Square:
                    label = SquareRule.Partial(values[a], values[node]);
                    break;
                case Op.Sqrt:
                    label = SqrtRule.Partial(values[a], values[node]);
                    break;
                case Op.Exp:
                    label = values[node];
                    break;
                case Op.Log:
                    label = LogRule.Partial(values[a], values[node]);
                    break;
                case Op.Sin:
                    label = SinRule.Partial(values[a], values[node]);
                    break;
                case Op.Cos:
                    label = CosRule.Partial(values[a], values[node]);
                    break;
                default:
                    if (!VisitedOperands.AreNone(operations[node]))
                        Other(node, adjoint);
                    continue;
            }
            Add(a, adjoint, label);
        }
    }

    private void Other(int node, double adjoint)
    {
        var operation = _trace.Operations[node];
        var primitive = Primitive.Of(operation);
        var operands = _trace.OperandsOf(node);
        using var operandBuffer = new OperandBuffer(operands.Length, stackalloc double[OperandBuffer.StackSize]);
        using var partialBuffer = new OperandBuffer(operands.Length, stackalloc double[OperandBuffer.StackSize]);
        var partials = partialBuffer.Of(operands.Length);
        primitive.Partials(operandBuffer.Gather(_values, operands), primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default, _values[node], partials);
        for (var k = 0; k < operands.Length; k++)
            if (PartialForms.Of(operation, k) != PartialForm.Zero)
                Add(operands[k], adjoint, partials[k]);
    }

    /// <summary>An operand gets the adjoint times a partial derivative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int operand, double adjoint, double label)
    {
        var owner = _owners[operand];
        if (owner > 0)
            AddTo(ref _adjoints[operand], adjoint, label);
        else if (operand < _inputCount)
            AddTo(ref _entries[_targets[_next++]], adjoint, label);
        else if (owner < 0)
            AddTo(ref _shared[~_targets[_next++]], adjoint, label);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref double sum, double adjoint, double label) =>
        ScalarLane.Store(TProduct.MultiplyAdd(label, ScalarLane.Load(ref adjoint), ScalarLane.Load(ref sum)), ref sum);

    /// <summary>An operand gets the adjoint as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pass(int operand, double adjoint)
    {
        var owner = _owners[operand];
        if (owner > 0)
            _adjoints[operand] += adjoint;
        else if (operand < _inputCount)
            _entries[_targets[_next++]] += adjoint;
        else if (owner < 0)
            _shared[~_targets[_next++]] += adjoint;
    }
}
