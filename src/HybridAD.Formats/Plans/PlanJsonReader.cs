using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using HybridAD.Errors;
using HybridAD.Plans;

namespace HybridAD.Formats.Plans;

/// <summary>Reads plans that <see cref="PlanJsonWriter"/> wrote. Whether a plan fits a function is told when it is compiled.</summary>
public static class PlanJsonReader
{
    /// <summary>The value of <c>"format"</c>.</summary>
    public const string Format = "hybridad-plan";

    /// <summary>The value of <c>"version"</c>.</summary>
    public const int Version = 1;

    /// <summary>Products of long chains may stand in each other as deep as the chain is long.</summary>
    private const int DeepestProduct = 256;

    internal const string ForwardSweeps = "forward-sweeps";
    internal const string ReverseSweeps = "reverse-sweeps";
    internal const string BicoloredSweeps = "bicolored-sweeps";
    internal const string Accumulation = "accumulation";
    internal const string Chain = "chain";
    internal const string Checkpointed = "checkpointed";
    internal const string Elimination = "elimination";
    internal const string Blocks = "blocks";
    internal const string Front = "front";
    internal const string Back = "back";

    /// <summary>How derivatives of blocks are put together, in the order of <see cref="BlockComposition"/>.</summary>
    internal static readonly string[] Compositions = ["gradients", "adjoints", "sweeps", "recurrences", "directions"];

    /// <summary>How a function is divided into blocks, in the order of <see cref="BlockDivision"/>.</summary>
    internal static readonly string[] Divisions = ["operations", "loops", "whole"];

    /// <summary>The ways of a chain's products, in the order of <see cref="ChainWay"/>.</summary>
    internal static readonly string[] Ways = ["forward", "reverse", "tangent", "adjoint", "multiply"];

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="fileName">The file's name in messages.</param>
    /// <exception cref="HybridAdException">The file is malformed (HAD5003); the message names the member.</exception>
    public static JacobianPlan Read(ReadOnlyMemory<byte> data, string fileName = "plan.json")
    {
        try
        {
            using var document = JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = DeepestProduct });
            return Plan(new Member(document.RootElement, "the plan", fileName));
        }
        catch (JsonException error)
        {
            throw new HybridAdException(ErrorCodes.PlanFile,
                $"{fileName}: line {error.LineNumber + 1}, byte {error.BytePositionInLine}: not well-formed JSON", error);
        }
        catch (InvalidOperationException error)
        {
            // What the runtime's reader throws for text that is none, which it notices only when a string is asked for.
            throw new HybridAdException(ErrorCodes.PlanFile, $"{fileName}: not well-formed JSON: a string is not valid Unicode text", error);
        }
    }

    private static JacobianPlan Plan(Member root)
    {
        if (root["format"].Text() != Format || root["version"].Whole() != Version)
            root.Fail($"is not of format \"{Format}\", version {Version}");
        if (!root["candidates"].Items().Any())
            root["candidates"].Fail("is empty: what was chosen is missing");
        return new JacobianPlan
        {
            TraceHash = root["trace"].Text(),
            InputCount = root["inputs"].Whole(),
            OutputCount = root["outputs"].Whole(),
            NonzeroCount = root["nonzeros"].Whole(),
            OperationCount = root["operations"].Whole(),
            Chosen = root["chosen"].Text(),
            Reason = root["reason"].Text(),
            PlanSeconds = root["planSeconds"].Number(),
            LowerBoundSeconds = root.Has("lowerBoundSeconds") ? root["lowerBoundSeconds"].Number() : 0,
            Strategy = Strategy(root["strategy"]),
            Candidates = [.. root["candidates"].Items().Select(Candidate)],
            Blocks = [.. root["blocks"].Items().Select(Block)],
        };
    }

    /// <param name="strategy">The object.</param>
    /// <param name="isPart">Whether it belongs to a strategy of blocks, and so must not be one itself.</param>
    private static JacobianStrategy Strategy(Member strategy, bool isPart = false)
    {
        var kind = strategy["kind"].Text();
        return kind switch
        {
            ForwardSweeps or ReverseSweeps => Sweep(strategy),
            Checkpointed => new CheckpointedStrategy(Sweep(strategy["sweep"]), strategy["ends"].Wholes(atLeast: 0), strategy["checkpoints"].Whole()),
            BicoloredSweeps => new BicoloredStrategy(
                strategy["columnColors"].Wholes(atLeast: -1), strategy["columnColorCount"].Whole(),
                strategy["rowColors"].Wholes(atLeast: -1), strategy["rowColorCount"].Whole()),
            Accumulation => new AccumulationStrategy(strategy["keptNodes"].Wholes(atLeast: 0)) { IsWalked = strategy.Has("walked") && strategy["walked"].Flag() },
            Chain => new ChainStrategy([.. strategy["cuts"].Items().Select(static cut => cut.Wholes(atLeast: 0))], Product(strategy["product"])),
            Elimination => new EliminationStrategy([.. strategy["steps"].Items().Select(Step)]),
            Blocks when !isPart => new BlockStrategy(
                [.. strategy["orders"].Items().Select(static order => Strategy(order, isPart: true))], Strategy(strategy["otherwise"], isPart: true), (BlockComposition)Choice(strategy, "composition", Compositions))
            {
                Division = (BlockDivision)Choice(strategy, "division", Divisions),
            },
            _ => Unknown(strategy["kind"]),
        };
    }

    /// <summary>Which of some words a member is, the first if there is none.</summary>
    private static int Choice(Member strategy, string name, string[] words)
    {
        if (!strategy.Has(name))
            return 0;
        var index = Array.IndexOf(words, strategy[name].Text());
        if (index < 0)
            strategy[name].Fail($"is unknown; there are {string.Join(", ", words)}");
        return index;
    }

    private static SweepStrategy Sweep(Member sweep)
    {
        var kind = sweep["kind"].Text();
        if (kind is not (ForwardSweeps or ReverseSweeps))
            sweep["kind"].Fail($"is neither {ForwardSweeps} nor {ReverseSweeps}");
        return new SweepStrategy(kind == ForwardSweeps ? SweepDirection.Forward : SweepDirection.Reverse, sweep["colors"].Wholes(atLeast: -1), sweep["colorCount"].Whole())
        {
            MostWidth = sweep.Has("mostWidth") ? sweep["mostWidth"].Whole() : SweepWidth.Most,
        };
    }

    private static ChainStep Product(Member product) => new(
        product["first"].Whole(), product["last"].Whole(), Way(product["way"]), product["split"].Whole(),
        product.Has("early") ? Product(product["early"]) : null, product.Has("late") ? Product(product["late"]) : null);

    private static ChainWay Way(Member way)
    {
        var index = Array.IndexOf(Ways, way.Text());
        if (index < 0)
            way.Fail($"is unknown; there are {string.Join(", ", Ways)}");
        return (ChainWay)index;
    }

    private static EliminationStep Step(Member step)
    {
        if (step.Has("vertex"))
            return EliminationStep.Vertex(step["vertex"].Whole());
        var ends = step["edge"].Wholes(atLeast: 0);
        if (ends.Length != 2)
            step["edge"].Fail("is not a pair of nodes");
        var side = step["side"].Text();
        if (side is not (Front or Back))
            step["side"].Fail($"is neither {Front} nor {Back}");
        return side == Front ? EliminationStep.Front(ends[0], ends[1]) : EliminationStep.Back(ends[0], ends[1]);
    }

    private static JacobianStrategy Unknown(Member kind)
    {
        kind.Fail($"is unknown; there are {ForwardSweeps}, {ReverseSweeps}, {BicoloredSweeps}, {Accumulation}, {Chain}, {Checkpointed}, {Elimination}, {Blocks}");
        return null;
    }

    private static PlanCandidate Candidate(Member candidate) => new()
    {
        Name = candidate["name"].Text(),
        PredictedSeconds = candidate.Has("predictedSeconds") ? candidate["predictedSeconds"].Number() : double.PositiveInfinity,
        MultiplyAdds = (long)candidate["multiplyAdds"].Number(),
        SetupSeconds = candidate.Has("setupSeconds") ? candidate["setupSeconds"].Number() : 0,
        Multiplications = candidate.Has("multiplications") ? (long)candidate["multiplications"].Number() : null,
        Additions = candidate.Has("additions") ? (long)candidate["additions"].Number() : null,
        MemoryBytes = (long)candidate["memoryBytes"].Number(),
        Sweeps = candidate["sweeps"].Whole(),
        Directions = candidate["directions"].Whole(),
        ReverseDirections = candidate.Has("reverseDirections") ? candidate["reverseDirections"].Whole() : 0,
        Lost = candidate.Has("lost") ? candidate["lost"].Text() : null,
    };

    private static PlanBlock Block(Member block) => new()
    {
        Id = block["id"].Whole(),
        Operations = block["operations"].Whole(),
        Instances = block.Has("instances") ? block["instances"].Whole() : 1,
        Inputs = block["inputs"].Whole(),
        Outputs = block["outputs"].Whole(),
        Shared = block["shared"].Whole(),
        Kept = block["kept"].Whole(),
        Reads = block.Has("reads") ? [.. block["reads"].Items().Select(Flow)] : [],
        Results = block.Has("results") ? block["results"].Whole() : 0,
        Mode = block["mode"].Text(),
        Reason = block["reason"].Text(),
    };

    private static PlanFlow Flow(Member flow) => new(flow.Has("block") ? flow["block"].Whole() : PlanFlow.FunctionInputs, flow["width"].Whole());

    /// <summary>A value in the file that knows its place, for messages.</summary>
    private readonly struct Member(JsonElement element, string place, string file)
    {
        public Member this[string name]
        {
            get
            {
                if (element.ValueKind != JsonValueKind.Object)
                    Fail("is not an object");
                if (!element.TryGetProperty(name, out var value))
                    Fail($"has no '{name}'");
                return new Member(value, $"'{name}'", file);
            }
        }

        public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

        public string Text()
        {
            if (element.ValueKind != JsonValueKind.String)
                Fail("is not a string");
            return element.GetString()!;
        }

        public int Whole(int atLeast = 0)
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out var value) || value < atLeast)
            {
                Fail($"is not a whole number, {atLeast} or more");
                return 0;
            }
            return value;
        }

        public double Number()
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var value) || !(value >= 0))
            {
                Fail("is not a number, 0 or more");
                return 0;
            }
            return value;
        }

        public bool Flag()
        {
            if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                Fail("is neither true nor false");
            return element.ValueKind == JsonValueKind.True;
        }

        public IEnumerable<Member> Items()
        {
            if (element.ValueKind != JsonValueKind.Array)
                Fail("is not an array");
            var (name, path) = (place, file);
            return element.EnumerateArray().Select((item, index) => new Member(item, $"item {index} of {name}", path));
        }

        public ImmutableArray<int> Wholes(int atLeast) => [.. Items().Select(item => item.Whole(atLeast))];

        [DoesNotReturn]
        public void Fail(string what) => throw new HybridAdException(ErrorCodes.PlanFile, $"{file}: {place} {what}. Write plans with 'hybridad plan --save'.");
    }
}
