using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Writes the operations of a kernel as steps, each when it is first asked for.</summary>
internal sealed class KernelTranslation
{
    private const int NotWritten = -1;
    private const int AboutToBe = -2;

    private readonly Trace _kernel;
    private readonly KernelCodeBuilder _code;
    private readonly Func<int, int> _load;
    private readonly Func<int, int, int>? _kept;
    private readonly int[] _steps;

    /// <param name="kernel">The kernel.</param>
    /// <param name="code">Where the steps are written.</param>
    /// <param name="load">Gives the step that loads an input of the kernel; asked once for each.</param>
    /// <param name="kept">Gives the step of a number that need not be computed: the value of a node, with operand −1, or a partial derivative; −1 where it has to be. Null where none is kept.</param>
    public KernelTranslation(Trace kernel, KernelCodeBuilder code, Func<int, int> load, Func<int, int, int>? kept = null)
    {
        _kernel = kernel;
        _code = code;
        _load = load;
        _kept = kept;
        _steps = new int[kernel.NodeCount];
        Array.Fill(_steps, NotWritten);
    }

    /// <summary>Says that a step gives the value of a node, which so need not be computed.</summary>
    public void Take(int node, int step) => _steps[node] = step;

    /// <summary>The step that computes a node.</summary>
    public int ValueOf(int node)
    {
        if (_steps[node] == NotWritten)
            Translate(node);
        return _steps[node];
    }

    /// <summary>The step that computes a partial derivative that is not free.</summary>
    public int PartialOf(int node, int operand)
    {
        if (_kept is not null && _kept(node, operand) is >= 0 and var known)
            return known;
        var operation = _kernel.Operations[node];
        var operands = _kernel.OperandsOf(node);
        switch (operation)
        {
            case Op.FusedMultiplyAdd:
                return operand == 2 ? _code.Literal(1) : ValueOf(operands[1 - operand]);
            case Op.Select:
                var taken = operand == 1 ? 1 : 0;
                return _code.Select(ValueOf(operands[0]), _code.Literal(taken), _code.Literal(1 - taken));
            case Op.Cast:
                return _code.Literal(1);
            case Op.RootN:
                return _code.Partial(KernelOperation.Root, 0, ValueOf(operands[0]), Degree(node), ValueOf(node));
        }
        var value = ValueOf(node);
        var a = ValueOf(operands[0]);
        return operands.Length == 1 ? _code.Partial(operation, a, value) : _code.Partial(operation, operand, a, ValueOf(operands[1]), value);
    }

    /// <summary>
    /// Writes what a node is made of in the order of the trace. Depth first would follow the longest chain to its beginning: of chains that read each other one would be written after the other,
    /// where code that advances all of them waits for none.
    /// </summary>
    private void Translate(int root)
    {
        var (pending, below) = (new Stack<int>(), new List<int>());
        pending.Push(root);
        while (pending.TryPop(out var node))
        {
            if (_steps[node] != NotWritten)
                continue;
            if (_kept is not null && _kernel.Operations[node] > Op.Constant && _kept(node, -1) is >= 0 and var known)
            {
                _steps[node] = known;
                continue;
            }
            _steps[node] = AboutToBe;
            below.Add(node);
            foreach (var operand in _kernel.OperandsOf(node))
                pending.Push(operand);
        }
        below.Sort();
        foreach (var node in below)
            _steps[node] = Write(node);
    }

    private int Write(int node)
    {
        var operation = _kernel.Operations[node];
        if (node < _kernel.InputCount)
            return _load(node);
        if (operation == Op.Constant)
            return _code.Literal(_kernel.ConstantOf(node));
        var operands = _kernel.OperandsOf(node);
        switch (operation)
        {
            case Op.Sum:
                var sum = _steps[operands[0]];
                foreach (var operand in operands[1..])
                    sum = _code.Value(Op.Add, sum, _steps[operand]);
                return sum;
            case Op.FusedMultiplyAdd:
                return _code.MultiplyAdd(_steps[operands[0]], _steps[operands[1]], _steps[operands[2]]);
            case Op.Select:
                return _code.Select(_steps[operands[0]], _steps[operands[1]], _steps[operands[2]]);
            case Op.Cast:
                return KernelOperation.CastOf(_kernel.ParametersOf(node)) is { } cast ? _code.Value(cast, _steps[operands[0]]) : _steps[operands[0]];
            case Op.RootN:
                return _code.Value(KernelOperation.Root, _steps[operands[0]], Degree(node));
            default:
                return operands.Length == 1 ? _code.Value(operation, _steps[operands[0]]) : _code.Value(operation, _steps[operands[0]], _steps[operands[1]]);
        }
    }

    private int Degree(int node) => _code.Literal(_kernel.ParametersOf(node)[0]);
}
