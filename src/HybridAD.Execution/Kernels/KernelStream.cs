using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels;

/// <summary>How the positions of a stream are found. A chunk is <see cref="Chunk.Lanes"/> instances.</summary>
internal enum Addressing : byte
{
    /// <summary>
    /// Data [base, step]: lane l of chunk c is at base + step·c + Stride·l. An accumulating store with Stride 0 is a reduction and has step 0.
    /// </summary>
    Affine,

    /// <summary>Data [b₀, b₁, …], one per chunk: lane l of chunk c is at b_c + Stride·l. An accumulating store with Stride 0 adds the sum of the lanes of every chunk.</summary>
    Based,

    /// <summary>Data [i₀, …, i₇, …], one per instance; a store to a negative position is left out, see <see cref="KernelStream.IsComplete"/>.</summary>
    Indexed,

    /// <summary>
    /// Data [base]: instance t is at base + Stride·t, the cheapest of all. An accumulating store with Stride 0 is a reduction: data [base, n],
    /// and instances from n on do not count.
    /// </summary>
    Regular,

    /// <summary>
    /// Data [d, o]: lane l of chunk c is at d + b_c + Stride·l, where b_c are the positions of another stream, which is <see cref="Based"/>; they begin o integers further on.
    /// </summary>
    Trailing,

    /// <summary>
    /// Data [p₀, m₀, p₁, m₁, …], two for each instance: stream k of the run is at p + k where bit k of m is set, and left out elsewhere. Only for stores that replace, in
    /// runs of at most <see cref="Chunk.Lanes"/>.
    /// </summary>
    Masked,

    /// <summary>
    /// The streams of a run fill a row of as many neighbours, in an order that every instance has of its own, see <see cref="RowOrders"/>. Only for stores that replace, in runs
    /// of at most <see cref="RowOrders.Longest"/>.
    /// </summary>
    Permuted,

    /// <summary>
    /// A few ranges of neighbours in a chunk, as at the ends of a ring: data [b₀, m₀, b₁, m₁, …], two for every range of every chunk, of which there are Stride: lane l is at b + l of the range in
    /// whose bits m its own is. With a leader, another such stream: data [d, o], its positions at the distance d, whose data begin o integers further on. For streams on their own; only for stores
    /// that replace.
    /// </summary>
    Split,
}

/// <summary>What a store does to the number that is there.</summary>
internal enum StoreKind : byte
{
    /// <summary>Replaces it.</summary>
    Assign,

    /// <summary>Adds to it, lane after lane where lanes have positions of their own that are the same.</summary>
    Accumulate,
}

/// <summary>Which of the arrays a stream lies in.</summary>
internal enum Space : byte
{
    /// <summary>The working memory: results of earlier blocks, parameters, kept gradients.</summary>
    Memory,

    /// <summary>The caller's point, which is only read.</summary>
    Point,

    /// <summary>The caller's result, which is only written or added to.</summary>
    Result,
}

/// <summary>The shape of one stream of numbers that a kernel reads or writes. Shapes are compiled into the kernel, positions are not.</summary>
/// <param name="Addressing">How positions are found.</param>
/// <param name="Stride">Distance of neighbouring lanes; not used where every instance has a position; the number of ranges of <see cref="Addressing.Split"/>.</param>
/// <param name="Run">
/// r &gt; 1: this and the r − 1 streams after it have consecutive positions in every lane (where they have one, or in another order), and only this one has data; 1: a stream of its own;
/// 0: belongs to the run that began before it.
/// </param>
/// <param name="Space">Which array it lies in: loads in the memory or the point, stores in the memory or the result.</param>
/// <param name="Store">What a store does; for loads <see cref="StoreKind.Assign"/>.</param>
/// <param name="Leader">The stream whose positions a <see cref="Addressing.Trailing"/> or <see cref="Addressing.Split"/> stream has at a distance; −1 for others.</param>
/// <param name="IsComplete">Whether no position of an <see cref="Addressing.Indexed"/> store is negative, so that nothing has to be left out.</param>
/// <param name="SharesLines">Whether a store goes to the rows of an earlier one, so that the lines of the cache are asked for already.</param>
/// <param name="Beside">An earlier stream, of loads or of stores as this one, that a <see cref="Addressing.Trailing"/> or <see cref="Addressing.Regular"/> stream is always at one distance from; −1 for others.</param>
/// <param name="Distance">How far behind that one it is.</param>
internal readonly record struct KernelStream(
    Addressing Addressing, int Stride, int Run, Space Space = Space.Memory, StoreKind Store = StoreKind.Assign, int Leader = -1, bool IsComplete = false, bool SharesLines = false,
    int Beside = -1, int Distance = 0)
{
    /// <summary>Whether positions are not at one distance from lane to lane.</summary>
    public bool HasPlaces => Addressing is Addressing.Indexed or Addressing.Masked or Addressing.Permuted or Addressing.Split;
}

/// <summary>The unit in which instances are addressed.</summary>
internal static class Chunk
{
    /// <summary>Instances in a chunk, whatever the registers of the machine hold.</summary>
    public const int Lanes = 8;

    /// <summary>Chunks that go through a code together where it is interpreted or divided.</summary>
    public const int Batch = 16;

    /// <summary>
    /// Numbers from one register of a divided code to the next: those of a batch, and a line of the cache, since lines at a distance of a power of two share few of its sets.
    /// </summary>
    public const int RegisterDistance = (Batch + 1) * Lanes;
}

/// <summary>
/// A compiled (or interpreted) kernel. <paramref name="streams"/> begins with the offset of the data of every stream, loads first, then stores;
/// offsets count from the start of <paramref name="streams"/>. Streams that follow in a run have no data; their offsets are not looked at.
/// </summary>
/// <remarks>
/// A kernel does not load what the same call stores. Stores follow the order of chunks, in a stream or run that of the lanes, and in a chunk that of the streams where one of
/// them adds to what is there: those that replace have places of their own. A reduction is added up in as many sums as a register has lanes, and those are added to the target when the call ends; so its
/// roundings depend on where calls begin and end, and nothing else does, if large codes are called with multiples of
/// <see cref="Chunk.Batch"/> for <paramref name="firstChunk"/>.
/// </remarks>
/// <param name="memory">The working memory.</param>
/// <param name="point">The caller's point.</param>
/// <param name="result">The caller's result.</param>
/// <param name="streams">Offsets and data of the streams.</param>
/// <param name="firstChunk">The first chunk to compute.</param>
/// <param name="endChunk">One past the last chunk.</param>
internal delegate void ChunkKernel(ref double memory, ref readonly double point, ref double result, ref int streams, int firstChunk, int endChunk);
