using System.Diagnostics;
using HybridAD.Collections;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// A function as a flat list of scalar operations, the fine level of the graph: static single assignment, topological by construction
/// (operands have smaller ids), nine bytes a node plus four per operand of operations with more than two operands. Immutable.
/// </summary>
/// <remarks>
/// Nodes <c>0 … InputCount − 1</c> are the inputs. Operands of a node are read with <see cref="OperandsOf"/>; how they are stored depends on
/// the primitive's <see cref="Arity"/>: one or two inline, more in a side list.
/// </remarks>
public sealed class Trace
{
    private readonly byte[] _operations;
    private readonly double[] _constants;
    private readonly int[] _outputs;
    private readonly Guard[] _guards;
    private RestingIndices _operands;
    private RestingIndices _operandLists;
    private string? _hash;

    internal Trace(int inputCount, byte[] operations, int[] operands, int[] operandLists, double[] constants, int[] outputs, Guard[] guards,
        TraceNames names, double[]? point)
    {
        InputCount = inputCount;
        _operations = operations;
        _operands = new(operands);
        _operandLists = new(operandLists);
        _constants = constants;
        _outputs = outputs;
        _guards = guards;
        Names = names;
        Point = point;
        VerifyInDebug(this);
    }

    /// <summary>Number of inputs n.</summary>
    public int InputCount { get; }

    /// <summary>Number of outputs m.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>Number of nodes: inputs, constants and operations.</summary>
    public int NodeCount => _operations.Length;

    /// <summary>Number of operations: nodes that are neither inputs nor constants.</summary>
    public int OperationCount => NodeCount - InputCount - _operations.AsSpan(InputCount).Count(Op.Constant);

    /// <summary>The operation code of every node, see <see cref="Op"/>.</summary>
    public ReadOnlySpan<byte> Operations => _operations;

    /// <summary>Literals and parameters of operations.</summary>
    public ReadOnlySpan<double> Constants => _constants;

    /// <summary>The node of each output; a node may be several outputs, an output may be an input or a constant.</summary>
    public ReadOnlySpan<int> Outputs => _outputs;

    /// <summary>Decisions taken while tracing, in the order they were taken.</summary>
    public ReadOnlySpan<Guard> Guards => _guards;

    /// <summary>Names of inputs, outputs and nodes where the source gave any.</summary>
    public TraceNames Names { get; }

    /// <summary>The point that came with the function, or null.</summary>
    public IReadOnlyList<double>? Point { get; }

    /// <summary>Ids of the nodes that a node reads, in operand order; empty for inputs and constants.</summary>
    public ReadOnlySpan<int> OperandsOf(int node)
    {
        int count = InlineOperands.Counts[_operations[node]];
        var operands = _operands.Wide;
        return count != InlineOperands.Listed ? operands.AsSpan(2 * node, count) : _operandLists.Wide.AsSpan(operands[2 * node], operands[2 * node + 1]);
    }

    /// <summary>First inline operand slot of a node: an operand id, a constant's index or the start of an operand list.</summary>
    internal int RawA(int node) => _operands.Wide[2 * node];

    /// <summary>Second inline operand slot of a node: an operand id, the length of an operand list or the start of the parameters.</summary>
    internal int RawB(int node) => _operands.Wide[2 * node + 1];

    /// <summary>Both inline operand slots of all nodes, interleaved.</summary>
    internal ReadOnlySpan<int> RawOperands => _operands.Wide;

    /// <summary>The operation codes as they are kept, for loops; not to be written.</summary>
    internal byte[] OperationCodes => _operations;

    /// <summary>Both inline operand slots of all nodes, interleaved, as they are kept, for loops; not to be written.</summary>
    internal int[] WideOperands => _operands.Wide;

    /// <summary>All operand lists, one after the other.</summary>
    internal ReadOnlySpan<int> OperandLists => _operandLists.Wide;

    /// <summary>Whether a node is a literal.</summary>
    public bool IsConstant(int node) => _operations[node] == Op.Constant;

    /// <summary>The value of a literal node.</summary>
    public double ConstantOf(int node)
    {
        Debug.Assert(IsConstant(node), "only literals have a constant");
        return _constants[_operands.Wide[2 * node]];
    }

    /// <summary>The parameters of a node whose primitive is <see cref="Arity.Parametric"/>.</summary>
    public ReadOnlySpan<double> ParametersOf(int node)
    {
        var start = _operands.Wide[2 * node + 1];
        return _constants.AsSpan(start + 1, (int)_constants[start]);
    }

    /// <summary>Whether it is known that no two operations are the same on the same operands, and no two literals equal.</summary>
    internal bool HasNoDuplicates { get; init; }

    /// <summary>Bytes held by the graph itself, names excluded; fewer while nobody reads it, see <see cref="Rest"/>.</summary>
    public long MemoryBytes => _operations.LongLength + _operands.Bytes + _operandLists.Bytes + 4 * _outputs.LongLength
        + 8 * _constants.LongLength + 16 * _guards.LongLength;

    /// <summary>A fingerprint of the function: operations, operands, constants, outputs and guards, not names.</summary>
    public string Hash => _hash ??= TraceHash.Of(this);

    /// <summary>Says that the graph will hardly be read for now: where it is small, operands take half the room or less until someone does.</summary>
    /// <param name="evenIfLarge">Whether those of a large one are packed too, which takes a few nanoseconds for each.</param>
    internal void Rest(bool evenIfLarge = false)
    {
        if (NodeCount > ushort.MaxValue + 1 && !evenIfLarge && !_operands.HasRested)
            return;
        _operands.Rest(evenIfLarge);
        _operandLists.Rest(evenIfLarge);
    }

    [Conditional("DEBUG")]
    private static void VerifyInDebug(Trace trace) => TraceVerifier.Verify(trace);
}
