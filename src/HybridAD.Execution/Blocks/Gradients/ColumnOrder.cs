using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Another order of the inputs, in which the columns of the gradients that are multiplied row by row are neighbours: those of a matrix's column, of the even places of a sequence. Rows are then
/// multiplied as whole vectors, and brought into the order of the result at the end. Immutable.
/// </summary>
/// <remarks>
/// The order is found by dividing the inputs by one gradient after the other, the widest first, so that each is a range as far as those before allow (partition refinement, as in Habib, McConnell,
/// Paul and Viennot, Theoretical Computer Science 234, 2000, section 2). Gradients that lie within each other, or apart, all become ranges.
/// </remarks>
internal sealed class ColumnOrder
{
    /// <summary>Inputs that are looked at in all to find an order, and again to see whether it pays; dividing further would take longer than the products.</summary>
    private const int MostWork = 1 << 22;

    /// <summary>The part of the time that products may take in another order, so that it pays to bring results back.</summary>
    private const double MostTime = 0.8;

    private readonly int[] _numbers;
    private readonly int[] _inputs;

    private ColumnOrder(int[] inputs)
    {
        _inputs = inputs;
        _numbers = new int[inputs.Length];
        for (var number = 0; number < inputs.Length; number++)
            _numbers[inputs[number]] = number;
    }

    /// <summary>The number that an input has in this order.</summary>
    public int NumberOf(int input) => _numbers[input];

    /// <summary>The input that has a number.</summary>
    public int InputOf(int number) => _inputs[number];

    /// <summary>The order in which some products are expected to take less time than in that of the inputs; null where none is found.</summary>
    /// <param name="products">The products, as they are in the order of the inputs.</param>
    /// <param name="flow">Their rows.</param>
    /// <param name="inputCount">Number of inputs.</param>
    public static ColumnOrder? Of(List<GradientProduct> products, GradientFlow flow, int inputCount)
    {
        var work = 0L;
        foreach (var product in products)
            work += product.Source.Width + flow.TargetColumns(product.Target).Length;
        if (products.Count == 0 || work > MostWork)
            return null;
        var (rows, times) = (Groups.By(CollectionsMarshal.AsSpan(products), static product => product.Target), new ProductTimes(flow));
        var most = MostTime * times.InOrderOfInputs(rows);
        if (times.AtLeast(rows) >= most)
            return null;
        var order = Dividing(WidestFirst(products, flow), inputCount);
        return times.In(order, rows) < most ? order : null;
    }

    /// <summary>The columns of all rows, each once.</summary>
    private static List<int[]> WidestFirst(List<GradientProduct> products, GradientFlow flow)
    {
        var rows = new HashSet<int[]>(SameNumbers.Instance);
        var (sources, targets) = (new HashSet<(int Start, int Width)>(), new HashSet<int>());
        foreach (var product in products)
            if (sources.Add((product.Source.ColumnStart, product.Source.Width)))
                rows.Add(Increasing(flow.ColumnsOf(product.Source)));
        foreach (var product in products)
            if (targets.Add(product.Target))
                rows.Add(flow.TargetColumns(product.Target).ToArray());
        return [.. rows.OrderByDescending(static row => row.Length)];
    }

    /// <summary>Gradients may have their columns in another order, and some of them several times.</summary>
    private static int[] Increasing(ReadOnlySpan<int> columns)
    {
        var sorted = columns.ToArray();
        Array.Sort(sorted);
        var count = 0;
        foreach (var column in sorted)
            if (count == 0 || sorted[count - 1] != column)
                sorted[count++] = column;
        return sorted[..count];
    }

    /// <summary>The order in which some rows are ranges of columns, as far as those before them allow.</summary>
    /// <param name="rows">The columns of each row, increasing.</param>
    /// <param name="inputCount">Number of inputs.</param>
    public static ColumnOrder Dividing(List<int[]> rows, int inputCount)
    {
        var classes = new InputClasses(inputCount);
        var work = 0L;
        foreach (var row in rows)
        {
            work += row.Length + classes.Count;
            if (work > MostWork)
                break;
            classes.Divide(row);
        }
        return new ColumnOrder(classes.InOrder());
    }

    private sealed class SameNumbers : IEqualityComparer<int[]>
    {
        public static readonly SameNumbers Instance = new();

        public bool Equals(int[]? a, int[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode(int[] numbers)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(numbers.AsSpan()));
            return hash.ToHashCode();
        }
    }

    /// <summary>Inputs in classes, which are in an order.</summary>
    private sealed class InputClasses
    {
        private readonly int[] _classOf;
        private readonly List<int> _order = [0];
        private readonly List<int> _sizes;
        private readonly List<int> _hits = [0];
        private readonly List<int> _next = [-1];

        public InputClasses(int inputCount) => (_classOf, _sizes) = (new int[inputCount], [inputCount]);

        /// <summary>Number of classes.</summary>
        public int Count => _order.Count;

        /// <summary>Divides the classes that a row has a part of, so that its parts come next to each other where they can.</summary>
        public void Divide(int[] row)
        {
            foreach (var input in row)
                _hits[_classOf[input]]++;
            var (isFirst, isDivided) = (true, false);
            var order = new List<int>(_order.Count + 2);
            foreach (var one in _order)
            {
                var hits = _hits[one];
                if (hits == 0 || hits == _sizes[one])
                {
                    order.Add(one);
                    isFirst &= hits == 0;
                    continue;
                }
                var part = _sizes.Count;
                _sizes.Add(hits);
                _hits.Add(0);
                _next.Add(-1);
                _sizes[one] -= hits;
                _next[one] = part;
                // The first class gives what comes last in it: what follows is next to that.
                var comesLast = isFirst && hits < row.Length;
                order.AddRange(comesLast ? [one, part] : [part, one]);
                (isFirst, isDivided) = (false, true);
            }
            foreach (var input in row)
                _hits[_classOf[input]] = 0;
            if (!isDivided)
                return;
            foreach (var input in row)
                if (_next[_classOf[input]] is >= 0 and var part)
                    _classOf[input] = part;
            CollectionsMarshal.AsSpan(_next).Fill(-1);
            _order.Clear();
            _order.AddRange(order);
        }

        /// <summary>The inputs, class by class, those of a class increasing.</summary>
        public int[] InOrder()
        {
            var starts = new int[_sizes.Count];
            var next = 0;
            foreach (var one in _order)
            {
                starts[one] = next;
                next += _sizes[one];
            }
            var inputs = new int[_classOf.Length];
            for (var input = 0; input < inputs.Length; input++)
                inputs[starts[_classOf[input]]++] = input;
            return inputs;
        }
    }
}
