using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Instructions;

/// <summary>
/// What straight-line code is made of: its instructions, by what they take. How much of a function is packed, constant or computed already is known only when they are chosen.
/// </summary>
internal sealed class InstructionCounts
{
    private readonly double[] _single = new double[Enum.GetValues<CostClass>().Length];
    private readonly double[] _packed = new double[Enum.GetValues<CostClass>().Length];

    /// <summary>Instructions of arithmetic, those that move numbers between registers and those that write to memory. What is fetched is a part of an instruction.</summary>
    public double Simple { get; private set; }

    /// <summary>Cycles of the longest chain of each part in which an instruction waits for another, one after the other.</summary>
    public double Waits { get; private set; }

    /// <summary>Divisions, roots and calls of functions of single numbers.</summary>
    public double Single(CostClass cost) => _single[(int)cost];

    /// <summary>The same of registers of eight numbers; smaller ones count as the share that they take.</summary>
    public double Packed(CostClass cost) => _packed[(int)cost];

    /// <summary>Adds the instructions of a part of a code.</summary>
    public void Add(Instruction[] part)
    {
        var ready = new int[part.Length];
        var longest = 0;
        for (var k = 0; k < part.Length; k++)
        {
            foreach (var source in part[k].Sources)
                ready[k] = Math.Max(ready[k], ready[source]);
            foreach (var earlier in part[k].After)
                ready[k] = Math.Max(ready[k], ready[earlier]);
            ready[k] += part[k].Latency;
            longest = Math.Max(longest, ready[k]);
            Add(part[k]);
        }
        Waits += longest;
    }

    private void Add(Instruction instruction)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.Fetch:
            // The first part of a register is the register.
            case InstructionKind.Part when instruction.Choice[0] == 0:
                break;
            case InstructionKind.Call:
                _single[(int)CostOf(instruction.Step)]++;
                break;
            case InstructionKind.VectorCall:
                _packed[(int)CostOf(instruction.Step)] += ShareOfCall(instruction.Lanes);
                break;
            case InstructionKind.Arithmetic when instruction.Step is { Kind: StepKind.Value, Operation: Op.Div or Op.Sqrt }:
                if (instruction.Lanes == 1)
                    _single[(int)CostOf(instruction.Step)]++;
                else
                    _packed[(int)CostOf(instruction.Step)] += ShareOfLanes(instruction.Lanes);
                break;
            default:
                Simple++;
                break;
        }
    }

    private static CostClass CostOf(in KernelStep step)
    {
        var primitive = KernelOperation.Of(step.Operation);
        return step.Kind == StepKind.Value ? primitive.ValueCost : primitive.PartialCost;
    }

    /// <summary>Divisions and roots are computed some lanes after the others.</summary>
    private static double ShareOfLanes(int lanes) => lanes / (double)Chunk.Lanes;

    /// <summary>A function is a chain of instructions, which take as long for fewer numbers where nothing else is to be done meanwhile.</summary>
    private static double ShareOfCall(int lanes) => 0.5 + ShareOfLanes(lanes) / 2;
}
