using System.Reflection;
using System.Xml.Linq;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Primitives;

public sealed class CatalogTests
{
    private static readonly Dictionary<string, byte> Codes = typeof(Op).GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(f => f.Name, f => (byte)f.GetRawConstantValue()!);

    [Fact]
    public void Every_name_and_code_is_there_once()
    {
        Assert.Equal(Primitive.All.Count(), Primitive.All.Select(p => p.Name).Distinct().Count());
        Assert.Equal(Codes.Count, Codes.Values.Distinct().Count());
        Assert.Equal(Codes.Where(c => c.Value > Op.Constant).Select(c => c.Value).Order(), Primitive.All.Select(p => p.Code).Order());
        foreach (var primitive in Primitive.All)
        {
            Assert.Same(primitive, Primitive.Of(primitive.Code));
            Assert.Same(primitive, Primitive.Find(primitive.Name));
            Assert.Equal(primitive.Arity, Primitive.ArityOf(primitive.Code));
        }
    }

    [Fact]
    public void Op_and_catalog_call_a_primitive_by_the_same_name()
    {
        foreach (var field in typeof(Catalog).GetFields(BindingFlags.Public | BindingFlags.Static))
            Assert.Equal(Codes[field.Name], ((Primitive)field.GetValue(null)!).Code);
    }

    [Theory]
    [InlineData("neg abs sqrt square exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf floor ceil sign not", Arity.Unary)]
    [InlineData("add sub mul div pow atan2 hypot min max lt le eq ge gt ne and or", Arity.Binary)]
    [InlineData("fma select", Arity.Ternary)]
    public void Names_of_the_trace_format_exist_with_their_arity(string names, Arity arity)
    {
        foreach (var name in names.Split(' '))
            Assert.Equal(arity, Primitive.Find(name)?.Arity);
    }

    [Fact]
    public void Every_primitive_is_documented()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(Op).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary")?.Value.Trim());
        foreach (var (name, code) in Codes.Where(c => c.Value > Op.Constant))
        {
            Assert.False(string.IsNullOrEmpty(documentation[$"F:HybridAD.Graph.Op.{name}"]), name);
            var primitive = typeof(Catalog).GetField(name)!.FieldType;
            var rule = primitive.IsGenericType ? primitive.GetGenericArguments()[0] : primitive;
            var documented = rule.IsGenericType ? rule.GetGenericTypeDefinition() : rule;
            Assert.False(string.IsNullOrEmpty(documentation[$"T:{documented.FullName}"]), documented.Name);
            Assert.True(Primitive.Exists(code));
        }
    }

    [Fact]
    public void Steps_have_zero_partials_by_form_and_nothing_else_has_all_zero_forms()
    {
        foreach (var primitive in Primitive.All)
        {
            var operands = primitive.Arity switch { Arity.Binary => 2, Arity.Ternary => 3, _ => 1 };
            Assert.Equal(primitive.Smoothness == Smoothness.Step, Enumerable.Range(0, operands).All(k => primitive.FormOf(k) == PartialForm.Zero));
        }
    }
}
