using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Instructions;

/// <content>
/// The alarm: zero times the sum of what is watched is NaN where one of the numbers is not finite; where only their sum overflows, the alarm is false.
/// </content>
internal sealed partial class InstructionSelection
{
    private static readonly KernelStep s_addition = new(StepKind.Value, Op.Add);

    private readonly List<(int Source, int Lanes)> _watched = [];

    /// <summary>
    /// Watches what is stored: rather where it was computed, before lanes were moved and signs changed, if that is one register and all its lanes are numbers that raise the alarm. It is there
    /// earlier, and may have numbers of several groups.
    /// </summary>
    private void Watch(in StreamGroup group, int source)
    {
        var pack = -1;
        for (var store = group.First; store < group.First + group.Count; store++)
            if (_line.Stores[store].IsWatched)
            {
                var here = ArithmeticPackOf(Watched.Root(_code.Steps, _code.Stores[store]));
                if (here < 0 || pack >= 0 && here != pack || !Array.TrueForAll(_packs.Steps[here], _line.IsCovered))
                {
                    _watched.Add((source, group.Count));
                    return;
                }
                pack = here;
            }
        var computed = (_packed[pack], _packs.Steps[pack].Length);
        if (!_watched.Contains(computed))
            _watched.Add(computed);
    }

    private int Sum(int first, int second, int lanes) => Add(new(InstructionKind.Arithmetic, lanes, [first, second]) { Step = s_addition });

    /// <summary>Sums what is there first, so that little is left to be done when the last number is there: wide registers, then their halves.</summary>
    private void AddAlarm()
    {
        if (_line.Alarm is not { } alarm || _watched.Count == 0)
            return;
        var sums = new Sums(this);
        for (var lanes = KernelOptions.StraightLineLanes; lanes >= 1; lanes /= 2)
        {
            foreach (var (source, width) in _watched)
                if (width == lanes)
                    sums.Add(source);
            if (sums.Total(lanes) is { } total)
                sums.Add(lanes > 1 ? SumOfHalves(total, lanes) : total);
        }
        Add(new(InstructionKind.Alarm, 1, [sums.Total(1)!.Value]) { Place = new(Area.Memory, alarm) });
    }

    /// <summary>
    /// Leaves the code after all stores, where the sum of one lane or another is not finite: as the branch is foreseen, nothing waits for the sum, and what counts is how few
    /// instructions it takes. So single numbers are added to registers and narrow registers to wide ones, whose lanes are looked at all together.
    /// </summary>
    private void AddTest()
    {
        if (_line.Alarm is null || _watched.Count == 0)
            return;
        var stores = Enumerable.Range(0, _instructions.Count).Where(k => !_instructions[k].HasResult).ToArray();
        var sums = new Sums(this);
        int[] widths = [.. _watched.Select(static watched => watched.Lanes).Distinct().Order()];
        for (var k = 0; k < widths.Length; k++)
        {
            foreach (var (source, width) in _watched)
                if (width == widths[k])
                    sums.Add(source);
            var total = sums.Total(widths[k])!.Value;
            if (k == widths.Length - 1)
                Add(new(InstructionKind.Test, widths[k], [total]) { After = stores });
            else
                sums.Add(Add(new(InstructionKind.Widen, widths[k + 1], [total])));
        }
    }

    private int SumOfHalves(int whole, int lanes) => lanes == 2
        ? Sum(whole, Add(new(InstructionKind.SecondLane, 1, [whole])), 1)
        : Sum(Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [0] }), Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [1] }), lanes / 2);

    /// <summary>Registers of one width that are added up, in the order in which they are there if nothing but their operands delays instructions.</summary>
    private sealed class Sums(InstructionSelection selection)
    {
        private readonly List<int> _times = [];
        private readonly PriorityQueue<int, (int Time, int Number)> _waiting = new();

        public void Add(int instruction)
        {
            for (var k = _times.Count; k < selection._instructions.Count; k++)
                _times.Add(Time(selection._instructions[k]));
            _waiting.Enqueue(instruction, (_times[instruction], instruction));
        }

        /// <summary>Their sum, and none is left; null if there are none.</summary>
        public int? Total(int lanes)
        {
            while (_waiting.Count > 1)
                Add(selection.Sum(_waiting.Dequeue(), _waiting.Dequeue(), lanes));
            return _waiting.TryDequeue(out var total, out _) ? total : null;
        }

        /// <summary>After how many cycles the result of an instruction is there.</summary>
        private int Time(Instruction instruction)
        {
            var start = 0;
            foreach (var source in instruction.Sources)
                start = Math.Max(start, _times[source]);
            foreach (var earlier in instruction.After)
                start = Math.Max(start, _times[earlier]);
            return start + instruction.Latency;
        }
    }
}
