using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>
/// The alarm: zero times the sum of what is watched is NaN where one of the numbers is not finite; where only their sum overflows, the alarm is false.
/// </content>
internal sealed partial class InstructionSelection
{
    private static readonly KernelStep s_addition = new(StepKind.Value, Op.Add);

    private readonly List<(int Source, int Lanes)> _watched = [];

    private void Watch(int source, int lanes) => _watched.Add((source, lanes));

    private int Sum(int first, int second, int lanes) => Add(new(InstructionKind.Arithmetic, lanes, [first, second]) { Step = s_addition });

    /// <summary>Sums what is there first, so that little is left to be done when the last number is there: wide registers, then their halves.</summary>
    private void AddAlarm()
    {
        if (_line.Alarm is not { } alarm || _watched.Count == 0)
            return;
        var times = Times();
        var sums = new PriorityQueue<int, (int Time, int Number)>();
        for (var lanes = KernelOptions.StraightLineLanes; lanes >= 1; lanes /= 2)
        {
            foreach (var (source, width) in _watched)
                if (width == lanes)
                    Enqueue(source);
            while (sums.Count > 1)
                Enqueue(Sum(sums.Dequeue(), sums.Dequeue(), lanes));
            if (lanes > 1 && sums.TryDequeue(out var whole, out _))
                Enqueue(SumOfHalves(whole, lanes));
        }
        Add(new(InstructionKind.Alarm, 1, [sums.Dequeue()]) { Place = new(Area.Memory, alarm) });

        void Enqueue(int instruction)
        {
            for (var k = times.Count; k < _instructions.Count; k++)
                times.Add(Time(_instructions[k], times));
            sums.Enqueue(instruction, (times[instruction], instruction));
        }
    }

    /// <summary>After how many cycles the results of instructions are there, if nothing but their operands delays them.</summary>
    private List<int> Times()
    {
        var times = new List<int>(_instructions.Count);
        foreach (var instruction in _instructions)
            times.Add(Time(instruction, times));
        return times;
    }

    private static int Time(Instruction instruction, List<int> times)
    {
        var start = 0;
        foreach (var source in instruction.Sources)
            start = Math.Max(start, times[source]);
        foreach (var earlier in instruction.After)
            start = Math.Max(start, times[earlier]);
        return start + instruction.Latency;
    }

    private int SumOfHalves(int whole, int lanes) => lanes == 2
        ? Sum(whole, Add(new(InstructionKind.SecondLane, 1, [whole])), 1)
        : Sum(Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [0] }), Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [1] }), lanes / 2);
}
